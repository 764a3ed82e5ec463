// Actors that die, the node that says so, and what projectors are handed.
#include "actors/messages.hpp"
#include "tests/kit/write_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace stele::kit {

namespace {

caf::behavior listen(caf::event_based_actor*, std::vector<recorded_event>* heard) {
  return {[heard](const committed_events& it) { heard->insert(heard->end(), it.events->begin(), it.events->end()); }};
}

} // namespace

TEST(write_side, projectors_are_handed_every_event_in_order_and_nothing_that_was_lost) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    write_world world(seed);
    std::vector<recorded_event> heard;
    world.projectors = {world.sim.system().spawn(listen, &heard)};
    world.store.faults.append_refused = 3;
    world.store.faults.append_unknown = 3;
    world.start();
    for (int i = 0; i < 30; ++i) {
      world.send("counter-" + std::to_string(i % 3), "add", 1);
      world.sim.step();
    }
    world.finish();
    std::map<shard_number, shard_position> last;
    for (const recorded_event& event : heard) EXPECT_EQ(event.position, ++last[event.shard]);
    std::size_t stored = 0;
    for (const auto& [stream, events] : world.store.streams) stored += events.size();
    EXPECT_EQ(heard.size(), stored);
    caf::anon_send_exit(world.projectors.front(), caf::exit_reason::user_shutdown);
    world.stop();
  }
}

TEST(write_side, a_node_without_one_of_its_projectors_is_not_ready) {
  write_world world(1);
  std::vector<recorded_event> heard;
  world.projectors = {world.sim.system().spawn(listen, &heard)};
  world.start();
  world.sim.run();
  EXPECT_TRUE(world.side->ready());
  caf::anon_send_exit(world.projectors.front(), caf::exit_reason::kill);
  world.sim.run();
  EXPECT_FALSE(world.side->ready());
  ASSERT_FALSE(world.log_lines.empty());
  EXPECT_NE(world.log_lines.back().find("projector 0 died"), std::string::npos);
}

TEST(write_side, an_aggregate_that_dies_answers_nobody_knows_and_is_made_anew) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    write_world world(seed);
    world.start();
    world.send("counter-1", "add", 5);
    world.finish();
    const auto& deadly = world.send("counter-1", "explode", 1);
    const auto& behind = world.send("counter-1", "add", 1);
    world.finish();
    EXPECT_TRUE(deadly.is(refusal_kind::outcome_unknown));
    EXPECT_TRUE(behind.answered());
    const auto& after = world.send("counter-1", "add", -5);
    world.finish();
    EXPECT_TRUE(after.accepted());
    EXPECT_EQ(world.counters.aggregates_live, 1u);
    EXPECT_TRUE(world.side->ready());
    world.judge();
  }
}

TEST(write_side, what_a_dead_aggregate_decided_is_on_disk_before_its_successor_loads) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    write_world world(seed);
    world.start();
    world.send("counter-1", "add", 5);
    world.finish();
    world.send("counter-1", "add", 7);
    world.send("counter-1", "explode", 1);
    for (int steps = 0; steps < 12; ++steps) world.sim.step();
    world.send("counter-1", "add", -12);
    world.finish();
    EXPECT_EQ(world.counters.alarms, 0u) << "two wrote the same version";
    world.judge();
    if (HasFailure()) return;
  }
}

} // namespace stele::kit
