// The start of a read side on real threads: its projectors run while it is still being made.
#include "actors/read_side.hpp"
#include "tests/kit/read_kit.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace stele::kit {

namespace {

/// Nobody hears anything.
class silent_link final : public link {
public:
  void connect_to(std::vector<member>) override {}
  void on_news(std::function<void(link_news)>) override {}
  void probe(node_number) override {}
  void ask(node_number, peer_question, std::int64_t, peer_reply) override {}
  void forward(node_number, const query_ptr&, std::int64_t, asked_reply) override {}
  void forward(node_number, const command_ptr&, forwarded_reply reply) override { reply(link_fault::not_sent); }
};

/// Whether the table of the first version still serves, and no other is being made.
bool is_as_it_was(store& disk) {
  bool same = false;
  disk.views().open_view(box_view(2).definition(), [&](const stored<view_status>& status) {
    same = status && status->serving == 1 && !status->next;
  });
  return same;
}

} // namespace

TEST(read_side_on_threads, a_node_that_does_not_own_the_home_shard_begins_no_rebuild) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const actor_settings settings;
  registry hosted;
  hosted.views = {std::make_shared<box_view>(2)};
  silent_link others;
  for (int start = 0; start < 200; ++start) {
    const auto disk = make_memory_store({nullptr, 4, 1, {}});
    disk->views().open_view(box_view(1).definition(), [](const stored<view_status>& made) { ASSERT_TRUE(made); });
    node_counters counters;
    const shard_map shards(4, 1);
    const shard_heads heads(4);
    read_side reads(
        {system, disk->events(), disk->views(), hosted, settings, system_clock(), counters, shards, &others, heads});
    while (!reads.ready()) std::this_thread::yield();
    std::promise<void> over;
    reads.reports([&](const std::vector<view_report>&) { over.set_value(); }); // Behind the message that opened it.
    over.get_future().wait();
    EXPECT_TRUE(is_as_it_was(*disk));
  }
}

} // namespace stele::kit
