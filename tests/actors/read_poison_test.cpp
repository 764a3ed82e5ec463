// An event that can't be folded stops one shard of one view, and nothing else.
#include "tests/kit/read_kit.hpp"

#include <gtest/gtest.h>

namespace stele::kit {
namespace {

/// Two boxes of different shards, and one more in the shard of the first.
struct three_boxes {
  std::string bad, beside, elsewhere;

  explicit three_boxes(std::uint32_t shards) {
    bad = "1";
    const auto shard = shard_of("box-1", shards);
    for (int i = 2; beside.empty() || elsewhere.empty(); ++i) {
      const auto id = std::to_string(i);
      (shard_of("box-" + id, shards) == shard ? beside : elsewhere) = id;
    }
  }
};

TEST(read_poison, one_event_stops_its_shard_and_no_other) {
  for (const std::string payload : {"poison", "bomb"}) {
    read_world world(1);
    const three_boxes box(4);
    world.start_and_settle();
    world.commit({{"box-" + box.bad, "1"}, {"box-" + box.beside, "1"}});
    const auto stopped_at = world.commit("box-" + box.bad, payload)->front();
    world.commit({{"box-" + box.beside, "2"}, {"box-" + box.elsewhere, "1"}});
    world.settle();
    const auto report = world.report();
    ASSERT_EQ(1u, report.stopped.size());
    EXPECT_EQ("stopped", report.state);
    EXPECT_EQ(stopped_at.shard, report.stopped[0].shard);
    EXPECT_EQ(stopped_at.position, report.stopped[0].position);
    EXPECT_NE(std::string::npos, report.stopped[0].reason.find(payload + " at box-1")) << report.stopped[0].reason;
    EXPECT_EQ(1u, world.counters.poison_events.load());
    // What came before it is written, what came after it in its shard is not, other shards go on.
    const auto row = [&](const std::string& id) { return rows_of(world.ask(world.look_up(id, {}, 0))); };
    const auto ask = [&](const std::string& id) {
      const auto outcome = world.ask(world.look_up(id, {}, 0));
      world.sim.run();
      return rows_of(outcome);
    };
    EXPECT_EQ(world.folded(box.bad, 1), ask(box.bad).page.rows.at(0));
    EXPECT_EQ(world.folded(box.beside, 1), ask(box.beside).page.rows.at(0));
    EXPECT_TRUE(ask(box.beside).as_of.stale);
    EXPECT_FALSE(ask(box.elsewhere).as_of.stale);
    EXPECT_EQ(world.folded(box.elsewhere, 1), row(box.elsewhere).page.rows.at(0));
  }
}

TEST(read_poison, it_is_tried_again_with_growing_pauses) {
  read_world world(2);
  world.start_and_settle();
  world.commit("box-1", "poison");
  world.sim.run();
  EXPECT_TRUE(world.report().stopped.empty());
  world.sim.advance(std::chrono::milliseconds(100));
  world.sim.run();
  EXPECT_TRUE(world.report().stopped.empty());
  world.view->mended = true; // As when the fault was somewhere else and passed.
  world.settle();
  EXPECT_TRUE(world.report().stopped.empty());
  EXPECT_EQ("", world.difference());
}

TEST(read_poison, a_stopped_shard_goes_on_when_the_view_is_resumed) {
  read_world world(3);
  world.start_and_settle();
  world.commit({{"box-1", "1"}, {"box-1", "poison"}, {"box-1", "3"}});
  world.settle();
  ASSERT_EQ(1u, world.report().stopped.size());
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ(1u, world.report().stopped.size()) << "it is still poison";
  world.view->mended = true;
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ("running", world.report().state);
  EXPECT_EQ("", world.difference());
}

TEST(read_poison, it_stays_stopped_while_writes_fail_beside_it) {
  read_world world(4);
  world.start_and_settle();
  world.commit({{"box-1", "1"}, {"box-2", "1"}, {"box-1", "poison"}});
  world.faults.write_unknown = 2;
  world.settle();
  for (int i = 0; i < 20; ++i) {
    world.commit({{"box-1", "4"}, {"box-" + std::to_string(2 + i), "1"}});
    world.sim.run();
  }
  world.faults = {};
  world.settle();
  EXPECT_EQ(1u, world.report().stopped.size());
  world.view->mended = true;
  world.reads->resume("boxes", [](auto) {});
  world.settle();
  EXPECT_EQ("", world.difference());
}

TEST(read_poison, draining_does_not_wait_for_a_stopped_shard) {
  read_world world(5);
  world.start_and_settle();
  world.commit({{"box-1", "poison"}, {"box-2", "1"}, {"box-3", "1"}, {"box-4", "1"}});
  world.settle();
  bool drained = false;
  world.reads->drain([&] { drained = true; });
  world.sim.run();
  EXPECT_TRUE(drained);
}

} // namespace
} // namespace stele::kit
