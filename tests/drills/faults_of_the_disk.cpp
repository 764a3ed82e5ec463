#include "tests/drills/faults.hpp"
#include "tests/drills/tight_disk.hpp"

#include <pwd.h>
#include <unistd.h>

namespace drill {

namespace {

constexpr int healing_ms_max = 20'000;

/// Moves the log to a small disk of the server, and back.
class log_on_a_tight_disk {
public:
  explicit log_on_a_tight_disk(bench& on) : on_(on), disk_(on.options().folder + "/tight", megabytes_for(on)) {
    const auto* user = ::getpwnam("postgres");
    const auto folder = disk_.folder() + "/space";
    std::filesystem::create_directory(folder);
    if (user && ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error(folder + " can't be given to the server");
    on.server().run("CREATE TABLESPACE drill_tight LOCATION '" + folder + "'");
    move_to("drill_tight");
  }
  ~log_on_a_tight_disk() {
    try {
      move_to("pg_default");
      on_.server().run("DROP TABLESPACE drill_tight");
    } catch (const std::exception& e) { on_.broke(std::string("the log stays on the small disk: ") + e.what()); }
  }
  log_on_a_tight_disk(const log_on_a_tight_disk&) = delete;
  log_on_a_tight_disk& operator=(const log_on_a_tight_disk&) = delete;

  tight_disk& disk() { return disk_; }

private:
  static std::size_t megabytes_for(bench& on) {
    return std::stoul(on.server().run("SELECT pg_table_size('stele.es_events') / 1048576 + 48"));
  }

  void move_to(const std::string& space) { on_.server().run("ALTER TABLE stele.es_events SET TABLESPACE " + space); }

  bench& on_;
  tight_disk disk_;
};

void full(bench& on) {
  log_on_a_tight_disk log(on);
  log.disk().fill();
  std::string said;
  const bool refused = bench::wait_until([&] { return (said = on.try_command(0, 0)).rfind("503", 0) == 0; }, 8000);
  on.expect(refused, "with a full disk a command was answered " + said + ", wanted 503");
  const auto read = on.http(0).request("GET", "/orders/" + on.probes().order_in(0));
  on.expect(!read.has_error() && read->status == 200, "with a full disk a look-up was not answered");
  bench::pass(1000);
  log.disk().clear();
  const bool again = bench::wait_until([&] { return (said = on.try_command(0, 0)) == "200"; }, healing_ms_max);
  on.expect(again, "with room on the disk again a command was answered " + said);
  on.saw("commands 503, look-ups 200, then commands again without anybody's help");
}

void slow(bench& on) {
  const auto took = on.nodes().log_lines_with("taking over from");
  on.nodes().shim_of_store().tell().sync_ms = 300;
  bench::pass(4000);
  on.nodes().shim_of_store().calm();
  on.saw("four seconds; " + std::to_string(on.nodes().log_lines_with("taking over from") - took) + " take-overs");
}

void far_away(bench& on) {
  constexpr std::size_t bytes_a_second = 100'000;
  const auto took = on.nodes().log_lines_with("taking over from");
  for (std::size_t node = 0; node < 3; ++node) on.nodes().narrow_store(node, bytes_a_second);
  bench::pass(4000);
  for (std::size_t node = 0; node < 3; ++node) on.nodes().heal_with_store(node);
  on.saw("four seconds; " + std::to_string(on.nodes().log_lines_with("taking over from") - took) + " take-overs");
}

void failing(bench& on) {
  auto& shim = on.nodes().shim_of_store().tell();
  shim.syncs_to_fail = 1;
  on.expect(bench::wait_until([&] { return shim.syncs_to_fail == 0; }, 5000), "the server never called fsync");
  on.nodes().shim_of_store().calm();
  const auto recovered = [&] {
    try {
      on.server().start_if_ended();
      return on.server().run("SELECT 1") == "1";
    } catch (const std::exception&) { return false; } // It is not there yet.
  };
  on.expect(bench::wait_until(recovered, healing_ms_max), "the server did not recover");
  on.saw("the server panicked and recovered");
}

} // namespace

std::vector<fault> faults_of_the_disk() {
  return {{"F09", "the disk is full", "the log is moved to a disk with 48 MB of room, which is filled, and freed again",
           "commands are refused without effect, look-ups go on, it recovers by itself", true, full},
          {"F10", "the disk is slow", "each fsync of PostgreSQL takes 300 ms longer",
           "leases are renewed all the same; what was acknowledged is there", true, slow},
          {"F10", "the way to PostgreSQL is narrow", "each connection to it carries 100 kB a second, each way",
           "leases are renewed all the same; what was acknowledged is there", true, far_away},
          {"F11", "an fsync fails", "one fsync of PostgreSQL fails with EIO: it panics and recovers",
           "what was acknowledged is there; the nodes go on by themselves", true, failing}};
}

} // namespace drill
