// The past of a stream: its history, its state at a version and at a time.
#include "actors/time_travel.hpp"
#include "tests/kit/write_world.hpp"

#include <caf/send.hpp>

namespace stele::kit {

namespace {

/// A counter with five events of one, a second apart.
struct five_seconds : write_world {
  explicit five_seconds(std::uint64_t seed) : write_world(seed) {
    start();
    begin = sim.time.now();
    for (int i = 0; i < 5; ++i) {
      send("counter-1", "add", 1);
      finish();
      sim.advance(std::chrono::seconds(1));
    }
  }

  std::variant<state_at, refusal> state(const std::string& stream, moment wanted) {
    std::vector<std::variant<state_at, refusal>> answers;
    const caf::actor reader = spawn_past_reader(sim.system(), {store, hosted, 2, nullptr});
    ask_state(reader, stream, wanted, [&](auto answer) { answers.push_back(std::move(answer)); });
    sim.run();
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    sim.run();
    EXPECT_EQ(answers.size(), 1u);
    return answers.front();
  }

  state_at found(moment wanted) {
    auto answer = state("counter-1", wanted);
    EXPECT_TRUE(std::holds_alternative<state_at>(answer));
    return std::get<state_at>(answer);
  }

  refusal_kind refused(const std::string& stream, moment wanted) {
    auto answer = state(stream, wanted);
    EXPECT_TRUE(std::holds_alternative<refusal>(answer));
    return std::get<refusal>(answer).kind;
  }

  std::variant<std::vector<recorded_event>, refusal> history(const std::string& stream, stream_version after) {
    std::vector<std::variant<std::vector<recorded_event>, refusal>> answers;
    read_history(store, stream, after, 3, [&](auto answer) { answers.push_back(std::move(answer)); });
    sim.run();
    EXPECT_EQ(answers.size(), 1u);
    return answers.front();
  }

  unix_ms begin = 0;
};

moment version(stream_version wanted) { return {wanted, std::nullopt}; }
moment time_of(unix_ms wanted) { return {std::nullopt, wanted}; }

} // namespace

TEST(past, the_state_at_a_version_is_the_fold_up_to_it) {
  five_seconds world(1);
  for (stream_version wanted = 1; wanted <= 5; ++wanted) {
    const state_at then = world.found(version(wanted));
    EXPECT_EQ(then.version, wanted);
    EXPECT_EQ(then.state, std::to_string(wanted));
    EXPECT_EQ(then.at, world.begin + static_cast<unix_ms>(wanted - 1) * 1000);
  }
}

TEST(past, the_state_at_a_time_holds_what_was_recorded_by_then) {
  five_seconds world(2);
  EXPECT_EQ(world.found(time_of(world.begin + 2999)).version, 3u);
  EXPECT_EQ(world.found(time_of(world.begin + 3000)).version, 4u);
  EXPECT_EQ(world.found(time_of(world.begin + 1'000'000)).version, 5u);
}

TEST(past, there_is_nothing_above_the_head_and_before_the_first_event) {
  five_seconds world(3);
  EXPECT_EQ(world.refused("counter-1", version(6)), refusal_kind::not_found);
  EXPECT_EQ(world.refused("counter-1", version(0)), refusal_kind::invalid);
  EXPECT_EQ(world.refused("counter-1", time_of(world.begin - 1)), refusal_kind::not_found);
  EXPECT_EQ(world.refused("counter-2", version(1)), refusal_kind::not_found);
  EXPECT_EQ(world.refused("nothing-2", version(1)), refusal_kind::not_found);
}

TEST(past, what_can_not_be_read_is_said) {
  five_seconds world(4);
  world.store.streams.at("counter-1")[2].payload = counter_type::poison;
  EXPECT_EQ(world.refused("counter-1", version(4)), refusal_kind::internal);
  EXPECT_EQ(world.found(version(2)).state, "2");
  world.store.faults.read_unavailable = 1;
  EXPECT_EQ(world.refused("counter-1", version(2)), refusal_kind::unavailable);
}

TEST(past, a_history_is_read_in_pages) {
  five_seconds world(5);
  EXPECT_EQ(std::get<0>(world.history("counter-1", 0)).size(), 3u);
  EXPECT_EQ(std::get<0>(world.history("counter-1", 3)).front().version, 4u);
  EXPECT_EQ(std::get<0>(world.history("counter-1", 5)).size(), 0u);
  EXPECT_EQ(std::get<1>(world.history("counter-2", 0)).kind, refusal_kind::not_found);
  EXPECT_EQ(std::get<1>(world.history("counter-2", 3)).kind, refusal_kind::not_found);
}

} // namespace stele::kit
