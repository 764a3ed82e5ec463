// Requests for events of the whole store: parked, woken, cut, refused, and nothing missed or doubled under seeds.
#include "actors/all_events.hpp"
#include "actors/messages.hpp"
#include "persistence/memory/memory_store.hpp"
#include "tests/kit/events.hpp"
#include "tests/kit/held_back_log.hpp"

#include <caf/send.hpp>
#include <gtest/gtest.h>

namespace stele::kit {

namespace {

using std::chrono::milliseconds;
using outcome = std::variant<event_page, refusal>;

/// An answer that may not be there yet.
struct asked {
  std::vector<outcome> answers;
  std::uint64_t number = 0;

  bool answered() const { return !answers.empty(); }
  const event_page& page() const { return std::get<event_page>(answers.at(0)); }
  const refusal& why() const { return std::get<refusal>(answers.at(0)); }
  std::vector<std::uint64_t> positions() const {
    std::vector<std::uint64_t> found;
    for (const auto& event : page().events) found.push_back(event.global_position);
    return found;
  }
};
using asked_ptr = std::shared_ptr<asked>;

struct events_world {
  explicit events_world(std::uint64_t seed) : sim(seed) { settings.events_page_max = 7; }
  ~events_world() { stop(); }

  void start() {
    all = std::make_unique<all_events>(all_events_parts{sim.system(), log, settings, sim.time, counters});
    sim.run();
  }
  void stop() {
    all.reset();
    sim.run();
  }

  /// Makes events durable and tells of it, as a lane does.
  void commit(const std::vector<std::string>& streams, bool tell = true) {
    const auto batch = maker.batch(streams);
    disk->events().append(0, batch, [](stored<done> answer) { ASSERT_TRUE(answer); });
    stored_events += batch->size();
    if (tell) caf::anon_send(all->listener(), committed_events{batch});
  }

  asked_ptr ask(std::uint64_t after, std::size_t limit = 100, std::int64_t wait_ms = 1000, std::string aggregate = {}) {
    auto it = std::make_shared<asked>();
    it->number = all->ask({after, limit, wait_ms, std::move(aggregate), [it](outcome answer) {
                             it->answers.push_back(std::move(answer));
                             EXPECT_EQ(it->answers.size(), 1u) << "answered twice";
                           }});
    return it;
  }
  asked_ptr ask_now(std::uint64_t after, std::size_t limit = 100) {
    auto it = ask(after, limit, 0);
    sim.run();
    return it;
  }

  void pass(milliseconds time) {
    for (milliseconds passed{0}; passed < time; ++passed) {
      sim.run();
      sim.advance(milliseconds(1));
    }
    sim.run();
  }

  simulation sim;
  std::unique_ptr<store> disk = make_memory_store({nullptr, 4, 1, {}});
  held_back_log log{sim, disk->events()};
  event_maker maker{4};
  actor_settings settings;
  node_counters counters;
  std::uint64_t stored_events = 0;
  std::unique_ptr<all_events> all;
};

using numbers = std::vector<std::uint64_t>;

} // namespace

TEST(all_events, what_is_there_is_answered_at_once_and_in_order) {
  events_world world(1);
  world.start();
  world.commit({"box-1", "box-2", "bag-1"});
  EXPECT_EQ(world.ask_now(0)->positions(), (numbers{1, 2, 3}));
  EXPECT_EQ(world.ask_now(2)->positions(), (numbers{3}));
  EXPECT_TRUE(world.ask_now(3)->page().events.empty());
  EXPECT_EQ(world.ask_now(3)->page().next, 3u);
}

TEST(all_events, a_page_ends_at_its_limit_and_says_that_there_is_more) {
  events_world world(1);
  world.start();
  world.commit(std::vector<std::string>(9, "box-1"));
  const auto cut = world.ask_now(0, 2);
  EXPECT_EQ(cut->positions(), (numbers{1, 2}));
  EXPECT_TRUE(cut->page().more);
  EXPECT_EQ(cut->page().next, 2u);
  EXPECT_EQ(world.ask_now(0, 100)->page().events.size(), 7u) << "the setting is the limit";
  EXPECT_FALSE(world.ask_now(7, 5)->page().more);
}

TEST(all_events, a_parked_request_is_woken_by_a_commit_and_polls_nothing_before) {
  events_world world(1);
  world.start();
  world.commit({"box-1"});
  const auto waiting = world.ask(1, 100, 30'000);
  world.pass(milliseconds(5000));
  EXPECT_FALSE(waiting->answered());
  EXPECT_LE(world.log.reads, 2u) << "the store was polled";
  world.commit({"box-2"});
  world.sim.run();
  EXPECT_EQ(waiting->positions(), (numbers{2}));
}

TEST(all_events, a_commit_while_the_store_is_read_is_not_slept_through) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    events_world world(seed);
    world.start();
    const auto waiting = world.ask(0, 100, 30'000);
    for (auto steps = 1 + world.sim.below(4); steps > 0; --steps) world.sim.step();
    world.commit({"box-1"});
    world.sim.run(); // No time passes.
    ASSERT_TRUE(waiting->answered()) << "seed " << seed;
    EXPECT_EQ(waiting->positions(), (numbers{1}));
  }
}

TEST(all_events, who_comes_while_the_store_is_read_is_read_for_next) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    events_world world(seed);
    world.start();
    const auto first = world.ask(0, 100, 30'000);
    for (auto steps = 1 + world.sim.below(4); steps > 0; --steps) world.sim.step();
    const auto second = world.ask(0, 100, 0);
    world.sim.run();
    EXPECT_FALSE(first->answered());
    ASSERT_TRUE(second->answered()) << "seed " << seed;
  }
}

TEST(all_events, a_parked_request_is_answered_with_nothing_at_its_deadline) {
  events_world world(1);
  world.start();
  const auto waiting = world.ask(0, 100, 50);
  world.pass(milliseconds(49));
  EXPECT_FALSE(waiting->answered());
  world.pass(milliseconds(3));
  EXPECT_TRUE(waiting->page().events.empty());
  EXPECT_EQ(world.counters.followers, 0u);
}

TEST(all_events, what_another_node_wrote_is_found_at_the_end_of_the_wait) {
  events_world world(1);
  world.start();
  const auto waiting = world.ask(0, 100, 50);
  world.sim.run();
  world.commit({"box-1"}, false);
  world.pass(milliseconds(52));
  EXPECT_EQ(waiting->positions(), (numbers{1}));
}

TEST(all_events, those_who_wait_at_the_same_place_share_one_read) {
  events_world world(1);
  world.start();
  world.sim.run();
  std::vector<asked_ptr> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(world.ask(0, 100, 30'000));
  world.sim.run();
  const auto before = world.log.reads;
  world.commit({"box-1"});
  world.sim.run();
  EXPECT_EQ(world.log.reads, before + 1);
  for (const auto& it : waiting) EXPECT_EQ(it->positions(), (numbers{1}));
}

TEST(all_events, a_filter_lets_through_one_aggregate_and_moves_on_past_the_rest) {
  events_world world(1);
  world.start();
  for (int i = 0; i < 10; ++i) world.commit({"box-1", "box-2", "box-3"});
  const auto waiting = world.ask(0, 100, 30'000, "bag");
  world.sim.run();
  EXPECT_FALSE(waiting->answered());
  world.commit({"box-1", "bag-1", "box-2"});
  world.sim.run();
  EXPECT_EQ(waiting->positions(), (numbers{32}));
  EXPECT_EQ(waiting->page().next, 33u);
}

TEST(all_events, a_filter_that_finds_nothing_for_long_says_how_far_it_is) {
  events_world world(1);
  world.settings.events_page_max = 1000;
  world.start();
  world.commit(std::vector<std::string>(10'500, "box-1"));
  const auto first = world.ask(0, 100, 30'000, "bag");
  world.sim.run();
  EXPECT_TRUE(first->page().events.empty());
  EXPECT_TRUE(first->page().more);
  EXPECT_EQ(first->page().next, 10'000u);
}

TEST(all_events, more_open_requests_than_the_limit_are_refused_at_once) {
  events_world world(1);
  world.settings.followers_max = 3;
  world.start();
  std::vector<asked_ptr> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(world.ask(0, 100, 30'000));
  const auto refused = world.ask(0);
  ASSERT_TRUE(refused->answered()) << "not in the calling thread";
  EXPECT_EQ(refused->why().kind, refusal_kind::overloaded);
  EXPECT_EQ(world.counters.followers_shed, 1u);
  world.sim.run();
  world.all->forget(waiting[1]->number);
  world.sim.run();
  const auto taken = world.ask(0, 100, 30'000);
  world.commit({"box-1"});
  world.sim.run();
  EXPECT_TRUE(taken->answered());
  EXPECT_FALSE(waiting[1]->answered()) << "it was forgotten";
  EXPECT_EQ(world.counters.followers, 0u);
}

TEST(all_events, what_is_held_back_is_looked_for_until_it_shows_and_no_longer) {
  events_world world(1);
  world.start();
  world.commit({"box-1"});
  world.log.horizon = 1;
  const auto waiting = world.ask(1, 100, 30'000);
  world.sim.run();
  world.commit({"box-2", "box-3"});
  world.pass(milliseconds(700));
  EXPECT_FALSE(waiting->answered());
  EXPECT_LE(world.log.reads, 15u) << "pauses do not grow";
  world.log.horizon = 3;
  world.pass(milliseconds(501));
  ASSERT_TRUE(waiting->answered());
  EXPECT_EQ(waiting->positions(), (numbers{2, 3}));
  const auto before = world.log.reads;
  const auto next = world.ask(3, 100, 30'000);
  world.pass(milliseconds(3000));
  EXPECT_FALSE(next->answered());
  EXPECT_EQ(world.log.reads, before) << "looked for what is there already";
}

TEST(all_events, who_comes_after_a_commit_that_is_held_back_gets_it_too) {
  events_world world(1);
  world.start();
  world.log.horizon = 1;
  world.commit({"box-1"});
  world.commit({"box-2"});
  world.sim.run();
  const auto waiting = world.ask(1, 100, 30'000);
  world.pass(milliseconds(100));
  world.log.horizon = 2;
  world.pass(milliseconds(501));
  ASSERT_TRUE(waiting->answered());
  EXPECT_EQ(waiting->positions(), (numbers{2}));
}

TEST(all_events, a_store_that_cannot_be_read_is_told_of) {
  events_world world(1);
  world.log.unavailable = 1;
  world.start();
  EXPECT_EQ(world.ask_now(0)->why().kind, refusal_kind::unavailable);
  EXPECT_EQ(world.counters.followers, 0u);
}

TEST(all_events, draining_answers_who_waits_and_parks_nobody_any_more) {
  events_world world(1);
  world.start();
  const auto waiting = world.ask(0, 100, 30'000);
  world.sim.run();
  world.commit({"box-1"}, false);
  bool finished = false;
  world.all->drain([&] {
    finished = true;
    EXPECT_TRUE(waiting->answered());
  });
  world.sim.run();
  EXPECT_TRUE(finished);
  EXPECT_EQ(waiting->positions(), (numbers{1})) << "with what there is";
  EXPECT_TRUE(world.ask(1, 100, 30'000) && (world.sim.run(), true));
  EXPECT_EQ(world.counters.followers, 0u);
}

TEST(all_events, ending_answers_who_waits) {
  events_world world(1);
  world.start();
  const auto waiting = world.ask(0, 100, 30'000);
  world.sim.run();
  world.stop();
  EXPECT_EQ(waiting->why().kind, refusal_kind::unavailable);
}

namespace {

/// Reads everything, one request after the other, and sometimes leaves one and comes back at the same place.
struct subscriber {
  events_world& world;
  std::string aggregate;
  std::uint64_t at = 0;
  numbers seen;
  std::shared_ptr<asked> open;

  void step() {
    if (open && open->answered()) {
      if (const auto* page = std::get_if<event_page>(&open->answers[0])) {
        for (const auto& event : page->events) seen.push_back(event.global_position);
        at = page->next;
      }
      open.reset();
    }
    if (open && world.sim.one_in(20)) {
      world.all->forget(open->number);
      open.reset();
    }
    if (!open) open = world.ask(at, 1 + world.sim.below(9), static_cast<std::int64_t>(world.sim.below(40)), aggregate);
  }
};

} // namespace

TEST(all_events_under_seeds, nothing_is_missed_or_doubled_and_all_see_one_order) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    events_world world(seed);
    world.log.unavailable = seed % 3 == 0 ? 15 : 0;
    world.log.horizon = 0;
    world.start();
    std::deque<subscriber> subscribers{{world, "", 0, {}, {}}, {world, "", 0, {}, {}}, {world, "bag", 0, {}, {}}};
    numbers bags;
    for (int round = 0; round < 150; ++round) {
      if (world.sim.one_in(3)) {
        std::vector<std::string> streams;
        for (std::size_t i = world.sim.below(6) + 1; i > 0; --i) {
          streams.push_back((world.sim.one_in(4) ? "bag-" : "box-") + std::to_string(world.sim.below(5)));
          if (streams.back()[1] == 'a') bags.push_back(world.stored_events + streams.size());
        }
        world.commit(streams);
      }
      if (world.sim.one_in(4)) world.log.horizon = world.stored_events - world.sim.below(4);
      world.log.horizon = std::min(world.log.horizon, world.stored_events);
      for (auto& it : subscribers) it.step();
      for (std::size_t steps = world.sim.below(30); steps > 0; --steps) world.sim.step();
      if (world.sim.one_in(3)) world.sim.advance(milliseconds(1 + world.sim.below(20)));
    }
    world.log.unavailable = 0;
    world.log.horizon = world.stored_events;
    for (int round = 0; round < 100; ++round) {
      for (auto& it : subscribers) it.step();
      world.pass(milliseconds(10));
    }
    numbers all(world.stored_events);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i + 1;
    EXPECT_EQ(subscribers[0].seen, all);
    EXPECT_EQ(subscribers[1].seen, all);
    EXPECT_EQ(subscribers[2].seen, bags);
    if (HasFailure()) return;
  }
}

TEST(all_events, what_another_node_stored_wakes_who_waits) {
  events_world world(77);
  world.start();
  const auto parked = world.ask(0);
  world.sim.run();
  world.commit({"box-1"}, false);
  world.sim.run();
  EXPECT_FALSE(parked->answered());
  std::vector<std::pair<shard_number, shard_position>> heads;
  for (shard_number shard = 0; shard < 4; ++shard) heads.emplace_back(shard, shard == shard_of("box-1", 4) ? 1 : 0);
  world.all->hear(heads);
  world.sim.run();
  ASSERT_TRUE(parked->answered());
  EXPECT_EQ(parked->page().events.size(), 1u);
}

} // namespace stele::kit
