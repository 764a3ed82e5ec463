// A shard goes on under its new owner where the old one ended.
#include "tests/kit/postgres_cluster.hpp"

namespace stele::kit {

namespace {

/// Two nodes, two lanes each; the first owns everything at epoch 1 and has written an event of `order-1`.
class postgres_shards : public ::testing::Test {
protected:
  postgres_shards() {
    EXPECT_EQ(*a->claim(), 64u);
    EXPECT_TRUE(append_by(*a, {"order-1"}));
  }

  stored<done> append_by(cluster_node& node, const std::vector<std::string>& streams) {
    const auto batch = events.batch(streams);
    return append_to(node.store(), batch, batch->front().shard % 2);
  }

  postgres_place place;
  std::unique_ptr<cluster_node> a = active_node(place, "a", 2), b = active_node(place, "b", 2);
  event_maker events;
  const shard_number shard = shard_of("order-1", 64);
};

} // namespace

TEST_F(postgres_shards, the_new_owner_goes_on_behind_the_old_one) {
  ASSERT_TRUE(a->give(shard, 1, b->me()));
  const event_maker before = events;
  EXPECT_TRUE(failed_with(append_by(*b, {"order-1"}), store_fault::conflict)) << "it still believes the shard empty";
  events = before;
  EXPECT_EQ(*b->open_shards({shard}), std::vector<shard_position>{1});
  EXPECT_TRUE(append_by(*b, {"order-1"}));
  EXPECT_EQ(all_of(b->store()).size(), 2u);
}

TEST_F(postgres_shards, the_answers_of_all_lanes_come_in_the_order_asked) {
  for (int i = 2; i < 40; ++i) ASSERT_TRUE(append_by(*a, {"order-" + std::to_string(i)}));
  const auto& heads = events.heads();
  EXPECT_EQ(*b->open_shards({7, 2, 63, 2, 0}),
            (std::vector<shard_position>{heads[7], heads[2], heads[63], heads[2], heads[0]}));
  EXPECT_EQ(*b->open_shards({}), std::vector<shard_position>{});
  EXPECT_TRUE(failed_with(b->open_shards({1, 64}), store_fault::refused));
}

TEST_F(postgres_shards, opening_stands_in_line_behind_the_appends_of_its_lane) {
  pending<done> appended;
  pending<std::vector<shard_position>> opened;
  a->store().events().append(shard % 2, events.batch({"order-1"}), appended.reply());
  a->store().events().open_shards({shard}, opened.reply());
  EXPECT_EQ(*opened.get(), std::vector<shard_position>{2});
  EXPECT_TRUE(appended.get());
  EXPECT_TRUE(append_by(*a, {"order-1"}));
}

TEST_F(postgres_shards, a_shard_that_came_back_is_not_written_from_what_was_remembered) {
  ASSERT_TRUE(a->give(shard, 1, b->me()));
  ASSERT_TRUE(b->open_shards({shard}));
  event_maker remembered = events;
  ASSERT_TRUE(append_by(*b, {"order-1"}));
  ASSERT_TRUE(b->give(shard, 2, a->me()));
  EXPECT_TRUE(failed_with(append_to(a->store(), remembered.batch({"order-1"}), shard % 2), store_fault::conflict));
  ASSERT_EQ(*a->open_shards({shard}), std::vector<shard_position>{2});

  recorded_event stale = remembered.next("order-1"); // Its position fits, its version is the one `b` wrote.
  stale.position = 3;
  stale.version = 2;
  EXPECT_TRUE(failed_with(append_to(a->store(), batch_of({stale}), shard % 2), store_fault::conflict));
  EXPECT_EQ(all_of(a->store()).size(), 2u);
  EXPECT_TRUE(append_by(*a, {"order-1"}));
}

TEST_F(postgres_shards, a_fenced_node_opens_nothing) {
  ASSERT_EQ(*b->take_over(a->me(), true), true);
  const event_maker before = events;
  EXPECT_TRUE(failed_with(append_by(*a, {"order-1"}), store_fault::fenced));
  events = before;
  EXPECT_TRUE(failed_with(a->open_shards({shard}), store_fault::fenced));
  ASSERT_TRUE(b->open_shards({shard}));
  EXPECT_TRUE(append_by(*b, {"order-1"}));
}

} // namespace stele::kit
