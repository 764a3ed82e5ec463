// The write side on real threads over the memory store: the same promises, and an end without a hang.
#include "actors/scheduler.hpp"
#include "actors/write_side.hpp"
#include "persistence/store.hpp"
#include "tests/kit/counter.hpp"

#include <caf/actor_system.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace stele::kit {

namespace {

struct two_workers : caf::actor_system_config {
  two_workers() { use_own_scheduler(*this, 2); }
};

struct threaded_world {
  explicit threaded_world(actor_settings given = {}) : settings(given) {
    auto opened = open_store({"memory:", 8, 2, false});
    store = std::move(*opened);
    heads = std::make_unique<shard_heads>(store->events().identity().shards);
    hosted.aggregates = {std::make_shared<counter_type>()};
    side = std::make_unique<write_side>(write_parts{system,
                                                    store->events(),
                                                    store->snapshots(),
                                                    hosted,
                                                    settings,
                                                    system_clock(),
                                                    system_random(),
                                                    shards,
                                                    nullptr,
                                                    counters,
                                                    *heads,
                                                    {}});
  }

  void submit(std::string stream, std::int64_t amount, std::function<void(const command_outcome&)> answer) {
    command_ptr it(new command);
    it->stream_id = std::move(stream);
    it->type = "add";
    it->body = std::to_string(amount);
    it->answer = std::move(answer);
    side->submit(std::move(it));
  }

  void drain() {
    std::promise<void> drained;
    side->drain([&drained] { drained.set_value(); });
    drained.get_future().wait();
  }

  std::size_t length_of(const std::string& stream) {
    std::promise<std::size_t> length;
    store->events().read_stream(stream, 0, 1'000'000,
                                [&](stored<std::vector<recorded_event>> found) { length.set_value(found->size()); });
    return length.get_future().get();
  }

  std::unique_ptr<stele::store> store;
  shard_map shards{8};
  two_workers config;
  caf::actor_system system{config};
  actor_settings settings;
  registry hosted;
  node_counters counters;
  std::unique_ptr<shard_heads> heads;
  std::unique_ptr<write_side> side;
};

} // namespace

TEST(write_side_on_threads, every_command_of_many_callers_is_answered_once_and_stored) {
  actor_settings settings;
  settings.live_bytes_max = 20 * 2000; // So that aggregates come and go.
  settings.snapshot_events = 20;
  threaded_world world(settings);
  constexpr int callers = 4, commands = 2000, streams = 400;
  std::atomic<int> answered{0}, accepted{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller)
    threads.emplace_back([&, caller] {
      for (int i = 0; i < commands; ++i)
        world.submit("counter-" + std::to_string((i * 7 + caller) % streams), 1, [&](const command_outcome& outcome) {
          ++answered;
          if (std::holds_alternative<acceptance>(outcome)) ++accepted;
        });
    });
  for (std::thread& it : threads) it.join();
  world.drain();
  EXPECT_EQ(answered, callers * commands);
  std::size_t stored = 0;
  for (int i = 0; i < streams; ++i) stored += world.length_of("counter-" + std::to_string(i));
  EXPECT_EQ(stored, static_cast<std::size_t>(accepted));
}

TEST(write_side_on_threads, stopping_in_the_middle_answers_everything_and_leaves_no_actor) {
  for (int round = 0; round < 20; ++round) {
    threaded_world world;
    std::atomic<int> answered{0};
    for (int i = 0; i < 500; ++i)
      world.submit("counter-" + std::to_string(i % 9), 1, [&](const command_outcome&) { ++answered; });
    world.side.reset();
    EXPECT_EQ(answered, 500);
    EXPECT_EQ(world.counters.aggregates_live, 0u);
  }
}

} // namespace stele::kit
