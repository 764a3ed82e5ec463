#include "tests/drills/faults.hpp"

#include <functional>

namespace drill {

namespace {

using clock = std::chrono::steady_clock;

constexpr int outage_ms = 800; ///< Below the lease: nodes have to go on by themselves.

const char* const end_sessions = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                 " WHERE application_name = 'stele'";

std::vector<std::uint32_t> every_shard() {
  std::vector<std::uint32_t> all(cluster_nodes::shards);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

void killed(bench& on) {
  on.server().kill();
  const auto said = on.try_command(0, 0, 2500);
  on.expect(said != "200", "without a server a command was answered 200");
  const auto begin = clock::now();
  on.server().start();
  on.saw("without a server a command was answered " + said);
  on.serve_again("back", every_shard(), begin);
}

/// Refuses nodes by what `begin` does, ends their sessions, and lets them in again.
void refused(bench& on, const std::string& what, const std::function<void(const stele::kit::postgres_session&)>& begin,
             const std::string& end) {
  const stele::kit::postgres_session admin(on.server().uri());
  begin(admin);
  admin.run(end_sessions);
  bench::pass(outage_ms);
  const auto said = on.try_command(0, 0, 500);
  on.expect(said != "200", what + ": a command was answered 200");
  admin.run(end);
  if (end.find("read_only") != std::string::npos) admin.run(end_sessions); // They keep what they began with.
  on.saw(what + ": a command was answered " + said);
  on.serve_again("let in again", every_shard(), clock::now());
}

void refused_in_three_ways(bench& on) {
  const auto run = [](const std::string& sql) {
    return [sql](const stele::kit::postgres_session& admin) { admin.run(sql); };
  };
  refused(on, "role without login", run("ALTER ROLE postgres NOLOGIN"), "ALTER ROLE postgres LOGIN");
  refused(on, "read only", run("ALTER DATABASE postgres SET default_transaction_read_only = on"),
          "ALTER DATABASE postgres RESET default_transaction_read_only");
  std::vector<std::unique_ptr<stele::kit::postgres_session>> guests;
  const auto take_all_places = [&](const stele::kit::postgres_session& admin) {
    admin.run(end_sessions);
    try {
      for (;;) {
        guests.push_back(std::make_unique<stele::kit::postgres_session>(on.server().uri()));
        guests.back()->run("SELECT 1");
      }
    } catch (const std::exception&) { guests.pop_back(); } // There was no place left.
  };
  const stele::kit::postgres_session admin(on.server().uri());
  take_all_places(admin);
  bench::pass(outage_ms);
  on.saw("no place left: " + std::to_string(guests.size()) + " guests, a command was answered " +
         on.try_command(0, 0, 500));
  guests.clear();
  on.serve_again("places again", every_shard(), clock::now());
}

} // namespace

std::vector<fault> faults_of_the_server() {
  return {{"F06", "PostgreSQL is killed", "SIGKILL to all its processes, and started again",
           "what was acknowledged is there; nodes go on by themselves", true, killed},
          {"F31", "PostgreSQL refuses", "its role may not log in; it is read only; all its places are taken",
           "commands are refused; nodes neither end nor turn in circles, and go on by themselves", true,
           refused_in_three_ways}};
}

} // namespace drill
