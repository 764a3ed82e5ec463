// The order of everything on PostgreSQL: a reader goes on while transactions pause before their COMMIT, and misses
// none.
#include "actors/node.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/postgres_place.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <future>
#include <random>

namespace stele::kit {

namespace {

using events = std::vector<recorded_event>;

/// A node that writes, beside writers that open a transaction, insert an event, and take their time.
struct paused_commits {
  paused_commits() {
    hosted.aggregates = {std::make_shared<counter_type>()};
    shop = std::make_unique<node>(node_parts{system, *disk, hosted, {}});
  }

  ~paused_commits() {
    std::promise<void> drained;
    shop->drain([&] { drained.set_value(); });
    drained.get_future().wait();
  }

  /// Inserts an event of stream `slow-N`; the transaction stays open.
  std::string insert(const postgres_session& by) {
    const std::string number = std::to_string(++slow);
    by.run("BEGIN; INSERT INTO " + place.options.schema +
           ".es_events VALUES ((pg_current_xact_id()::text::bigint << 20) + 1, 1, now(), 1000 + " + number +
           ", 1, 1, 1, 1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'slow-" + number +
           "', 'added', '1', NULL)");
    return "slow-" + number;
  }

  /// One command: an event of `stream`, committed when this returns.
  void add(const std::string& stream) {
    std::promise<bool> accepted;
    command_ptr it(new command);
    it->stream_id = stream;
    it->type = "add";
    it->body = "1";
    it->answer = [&](const command_outcome& how) { accepted.set_value(std::holds_alternative<acceptance>(how)); };
    shop->submit(std::move(it));
    EXPECT_TRUE(accepted.get_future().get());
  }

  std::future<event_page> ask(std::uint64_t after, std::size_t limit = 100, std::int64_t wait_ms = 30'000) {
    auto promise = std::make_shared<std::promise<event_page>>();
    shop->read_all({after, limit, wait_ms, {}, [promise](std::variant<event_page, refusal> outcome) {
                      promise->set_value(std::get<event_page>(std::move(outcome)));
                    }});
    return promise->get_future();
  }

  /// Page after page, until there are so many.
  events follow(std::size_t wanted, std::size_t limit) {
    events seen;
    for (std::uint64_t after = 0; seen.size() < wanted;) {
      auto page = ask(after, limit, 200).get(); // The node doesn't hear of the commits of others.
      seen.insert(seen.end(), page.events.begin(), page.events.end());
      after = page.next;
    }
    return seen;
  }

  postgres_place place;
  std::unique_ptr<store> disk = place.open();
  caf::actor_system_config config;
  caf::actor_system system{config};
  registry hosted;
  int slow = 0;
  std::unique_ptr<node> shop;
};

std::vector<std::string> streams_of(const events& some) {
  std::vector<std::string> found;
  for (const auto& it : some) found.push_back(it.stream_id);
  return found;
}

} // namespace

TEST(postgres_all, a_reader_waits_for_writers_that_pause_before_their_commit) {
  paused_commits at;
  const postgres_session first(at.place.server().uri()), second(at.place.server().uri());
  at.insert(first);
  at.insert(second);
  auto reading = std::async(std::launch::async, [&] { return at.follow(4, 100); });
  at.add("counter-1");
  at.add("counter-2");
  EXPECT_TRUE(all_of(*at.disk).empty()) << "what stands above an open transaction is shown";
  second.run("COMMIT"); // The later one first.
  EXPECT_TRUE(all_of(*at.disk).empty());
  first.run("COMMIT");
  EXPECT_EQ(streams_of(reading.get()), (std::vector<std::string>{"slow-1", "slow-2", "counter-1", "counter-2"}));
}

TEST(postgres_all, a_transaction_that_is_taken_back_holds_nobody_up) {
  paused_commits at;
  const postgres_session slow(at.place.server().uri());
  at.insert(slow);
  auto reading = at.ask(0);
  at.add("counter-1");
  slow.run("ROLLBACK");
  EXPECT_EQ(streams_of(reading.get().events), (std::vector<std::string>{"counter-1"}));
}

TEST(postgres_all, two_readers_miss_and_double_nothing_among_late_commits) {
  paused_commits at;
  constexpr int rounds = 60;
  std::mt19937 chance(7);
  const postgres_session sessions[2] = {postgres_session(at.place.server().uri()),
                                        postgres_session(at.place.server().uri())};
  bool open[2] = {false, false};
  constexpr std::size_t wanted = rounds * 2;
  auto one = std::async(std::launch::async, [&] { return at.follow(wanted, 1); });
  auto other = std::async(std::launch::async, [&] { return at.follow(wanted, 7); });
  int inserted = 0, added = 0;
  while (inserted < rounds || added < rounds || open[0] || open[1]) {
    const auto which = chance() % 2;
    if (open[which]) {
      sessions[which].run("COMMIT");
      open[which] = false;
    } else if (inserted < rounds) {
      at.insert(sessions[which]);
      open[which] = true;
      ++inserted;
    }
    for (auto more = chance() % 3; more > 0 && added < rounds; --more, ++added)
      at.add("counter-" + std::to_string(chance() % 5));
  }
  const auto all = all_of(*at.disk);
  const auto ids = [](const events& some) {
    std::vector<uuid> found;
    for (const auto& it : some) found.push_back(it.event_id);
    return found;
  };
  EXPECT_EQ(all.size(), wanted);
  EXPECT_EQ(ids(one.get()), ids(all));
  EXPECT_EQ(ids(other.get()), ids(all));
}

} // namespace stele::kit
