// What is beyond a limit is answered at once and has no effect; a drain finishes what was accepted.
#include "tests/kit/write_world.hpp"

namespace stele::kit {

namespace {

std::size_t count_of(const write_world& world, refusal_kind kind) {
  return static_cast<std::size_t>(
      std::count_if(world.attempts.begin(), world.attempts.end(), [kind](const attempt& it) { return it.is(kind); }));
}

constexpr node_number me = 7, beta = 8;

/// Answers what it is handed as the test says.
class fake_link final : public link {
public:
  using answer = std::variant<command_outcome, link_fault>;

  void connect_to(std::vector<member>) override {}
  void on_news(std::function<void(link_news)>) override {}
  void probe(node_number) override {}
  void ask(node_number, peer_question, std::int64_t, peer_reply) override {}
  void forward(node_number, const query_ptr&, std::int64_t, asked_reply) override {}
  void forward(node_number to, const command_ptr&, forwarded_reply reply) override {
    forwarded.push_back(to);
    reply(answers.empty() ? answer{command_outcome{refusal{refusal_kind::rejected, "elsewhere", "Decided there.", {}}}}
                          : answers.front());
    if (!answers.empty()) answers.pop_front();
  }

  std::deque<answer> answers; ///< Afterwards: rejected.
  std::vector<node_number> forwarded;
};

/// A world whose shards are where the test says.
struct spread_world : write_world {
  explicit spread_world(std::uint64_t seed) : write_world(seed) {
    shards = std::make_unique<shard_map>(4, me);
    peers = &others;
  }
  void give_all_to(node_number owner) {
    for (shard_number shard = 0; shard < shards->size(); ++shard) shards->set(shard, owner);
  }
  std::size_t length_of(shard_number shard) const {
    std::size_t events = 0;
    for (const auto& [stream, stored] : store.streams)
      if (shard_of(stream, shards->size()) == shard) events += stored.size();
    return events;
  }
  fake_link others;
};

} // namespace

TEST(write_side, sheds_at_once_what_is_beyond_its_limit) {
  write_world world(1);
  world.settings.commands_in_flight_max = 10;
  world.start();
  for (int i = 0; i < 15; ++i) world.send("counter-1", "add", 1);
  EXPECT_EQ(count_of(world, refusal_kind::overloaded), 5u) << "in the caller's thread";
  EXPECT_EQ(world.counters.commands_in_flight, 10u);
  world.finish();
  EXPECT_EQ(world.version_of("counter-1"), 10u);
  EXPECT_EQ(world.counters.commands_shed, 5u);
  EXPECT_EQ(world.counters.commands_accepted, 10u);
  EXPECT_EQ(world.counters.commands_in_flight, 0u);
}

TEST(write_side, a_loading_aggregate_keeps_only_so_many_commands) {
  write_world world(2);
  world.settings.stash_max = 4;
  world.start();
  for (int i = 0; i < 9; ++i) world.send("counter-1", "add", 1);
  world.store.faults.read_unavailable = 0;
  world.finish();
  EXPECT_EQ(count_of(world, refusal_kind::overloaded) + world.version_of("counter-1"), 9u);
  EXPECT_GE(world.version_of("counter-1"), 4u);
  world.judge();
}

TEST(write_side, one_aggregate_has_only_so_many_decisions_on_their_way) {
  write_world world(3);
  world.settings.aggregate_in_flight_max = 3;
  world.start();
  world.send("counter-1", "add", 1);
  world.finish();
  for (int i = 0; i < 400; ++i) world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_GT(count_of(world, refusal_kind::overloaded), 0u);
  EXPECT_LE(world.store.largest_batch, 3u);
  world.judge();
}

TEST(write_side, a_command_past_its_deadline_is_not_decided) {
  write_world world(4);
  world.start();
  const auto& late = world.send("counter-1", "add", 1, {}, {}, world.sim.time.now() + 10);
  const auto& in_time = world.send("counter-1", "add", 1, {}, {}, world.sim.time.now() + 1000);
  world.sim.advance(std::chrono::milliseconds(11));
  world.finish();
  EXPECT_TRUE(late.is(refusal_kind::overloaded));
  EXPECT_EQ(late.refused()->code, "deadline_passed");
  EXPECT_EQ(in_time.accepted()->version, 1u);
}

TEST(write_side, what_nobody_hosts_is_not_found) {
  write_world world(5);
  world.start();
  EXPECT_TRUE(world.send("invoice-1", "add", 1).is(refusal_kind::not_found));
  EXPECT_TRUE(world.send("counter", "add", 1).is(refusal_kind::invalid));
  EXPECT_TRUE(world.send("counter-a b", "add", 1).is(refusal_kind::invalid));
  EXPECT_TRUE(world.send("counter-" + std::string(129, 'x'), "add", 1).is(refusal_kind::invalid));
  EXPECT_FALSE(world.send("counter-" + std::string(128, 'x'), "add", 1).answered());
}

TEST(write_side, a_body_beyond_its_limit_is_too_large) {
  write_world world(6);
  world.settings.command_body_bytes_max = 3;
  world.start();
  EXPECT_TRUE(world.send_body("counter-1", "add", "1234", 1234, {}, {}, 0).is(refusal_kind::too_large));
}

TEST(write_side, a_drain_finishes_what_was_accepted_and_takes_no_more) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    write_world world(seed);
    world.start();
    for (int i = 0; i < 20; ++i) world.send("counter-" + std::to_string(i % 3), "add", 1);
    for (std::size_t steps = world.sim.below(100); steps > 0; --steps) world.sim.step();
    int drained = 0;
    world.side->drain([&] {
      ++drained;
      for (int i = 0; i < 20; ++i) EXPECT_TRUE(world.attempts[static_cast<std::size_t>(i)].answered());
    });
    EXPECT_FALSE(world.side->ready());
    EXPECT_TRUE(world.send("counter-1", "add", 1).is(refusal_kind::unavailable));
    world.finish();
    EXPECT_EQ(drained, 1);
    EXPECT_EQ(world.counters.commands_accepted, 20u);
    world.judge();
  }
}

TEST(write_side, a_drain_of_an_idle_node_ends_at_once) {
  write_world world(7);
  world.start();
  bool drained = false;
  world.side->drain([&] { drained = true; });
  EXPECT_TRUE(drained);
}

TEST(write_side, a_stop_answers_what_it_leaves_behind) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    write_world world(seed);
    world.start();
    for (int i = 0; i < 20; ++i) world.send("counter-" + std::to_string(i % 3), "add", 1);
    for (std::size_t steps = world.sim.below(150); steps > 0; --steps) world.sim.step();
    world.stop();
    world.sim.run();
    world.judge();
    if (HasFailure()) return;
  }
}

TEST(write_side, a_command_for_another_node_is_forwarded) {
  spread_world world(8);
  world.give_all_to(beta);
  world.start();
  const auto& sent = world.send("counter-1", "add", 1);
  world.sim.run();
  EXPECT_EQ(world.others.forwarded, std::vector<node_number>{beta});
  ASSERT_TRUE(sent.refused());
  EXPECT_EQ(sent.refused()->code, "elsewhere");
  EXPECT_EQ(world.counters.commands_in_flight, 0u);
  world.stop();
}

TEST(write_side, commands_for_a_shard_without_an_owner_wait_in_order) {
  spread_world world(9);
  world.settings.unowned_max = 5;
  world.start();
  for (int i = 0; i < 6; ++i) world.send("counter-1", "add", 1, {}, {}, i == 0 ? world.sim.time.now() + 50 : 0);
  world.sim.run();
  EXPECT_EQ(count_of(world, refusal_kind::overloaded), 1u) << "beyond the buffer";
  world.sim.advance(std::chrono::milliseconds(60));
  world.sim.run();
  EXPECT_TRUE(world.attempts.front().is(refusal_kind::overloaded)) << "past its deadline";
  world.give_all_to(me);
  world.sim.advance(std::chrono::milliseconds(60));
  world.finish();
  EXPECT_EQ(world.version_of("counter-1"), 4u);
  world.judge();
  world.stop();
}

TEST(write_side, a_command_refused_because_its_shard_moved_goes_on_to_the_new_owner) {
  spread_world world(10);
  world.give_all_to(beta);
  world.others.answers.push_back(command_outcome{refusal{refusal_kind::unavailable, "moved", "Not mine.", {}}});
  world.start();
  const auto& sent = world.send("counter-1", "add", 1);
  world.sim.run();
  EXPECT_FALSE(sent.answered()) << "it waits for the news";
  world.give_all_to(me);
  world.finish();
  EXPECT_NE(sent.accepted(), nullptr);
  EXPECT_EQ(world.version_of("counter-1"), 1u);
  world.judge();
  world.stop();
}

TEST(write_side, a_no_is_not_believed_after_an_attempt_was_lost_on_the_way) {
  spread_world world(11);
  world.give_all_to(beta);
  world.others.answers.push_back(link_fault::lost);
  world.start();
  const auto& sent = world.send("counter-1", "add", 1);
  world.finish();
  EXPECT_EQ(world.others.forwarded.size(), 2u);
  EXPECT_TRUE(sent.is(refusal_kind::outcome_unknown)) << "the first attempt may still happen";
  world.stop();
}

TEST(write_side, a_shard_that_leaves_is_left_only_after_everything_decided_for_it_is_answered) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    spread_world world(seed);
    world.give_all_to(me);
    world.store.faults.append_unknown = 3;
    world.start();
    for (int i = 0; i < 30; ++i) world.send("counter-" + std::to_string(i % 7), "add", 1);
    for (int steps = 0; steps < static_cast<int>(seed); ++steps) world.sim.step();
    std::size_t left = 0;
    std::map<shard_number, std::size_t> stored;
    for (shard_number shard = 0; shard < world.shards->size(); ++shard) {
      world.shards->set(shard, 0);
      world.side->let_go(shard, [&world, &left, &stored, shard] {
        ++left;
        stored[shard] = world.length_of(shard);
      });
    }
    for (int i = 0; i < 30; ++i) world.send("counter-" + std::to_string(i % 7), "add", 1);
    for (int round = 0; round < 20 && left < 4; ++round) {
      world.sim.run();
      world.sim.advance(std::chrono::milliseconds(50));
    }
    ASSERT_EQ(left, 4u);
    EXPECT_EQ(world.counters.aggregates_live, 0u);
    for (const auto& [shard, length] : stored) EXPECT_EQ(world.length_of(shard), length) << "written after it was left";
    world.give_all_to(me);
    world.finish();
    EXPECT_EQ(world.length_of(0) + world.length_of(1) + world.length_of(2) + world.length_of(3),
              world.counters.commands_accepted);
    world.judge();
    world.stop();
    if (HasFailure()) return;
  }
}

} // namespace stele::kit
