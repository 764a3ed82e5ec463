#include "persistence/memory/memory_store.hpp"
#include "tests/kit/store_contract.hpp"
#include "tests/kit/view_rows.hpp"

#include <deque>

namespace stele::kit {

namespace {

class memory_place final : public store_place {
public:
  std::unique_ptr<store> open() override { return make_memory_store({disk_, 64, 1, {}}); }

private:
  std::shared_ptr<memory_disk> disk_ = std::make_shared<memory_disk>(64);
};

std::unique_ptr<store_place> make_memory_place() { return std::make_unique<memory_place>(); }

} // namespace

INSTANTIATE_TEST_SUITE_P(memory, store_contract, ::testing::Values(&make_memory_place));

TEST(memory_store, answers_before_the_call_returns_unless_told_otherwise) {
  auto it = make_memory_store();
  bool answered = false;
  it->events().heads([&](auto) { answered = true; });
  EXPECT_TRUE(answered);
}

TEST(memory_store, hands_its_answers_to_the_executor) {
  std::deque<std::function<void()>> waiting;
  auto it = make_memory_store({nullptr, 64, 1, [&](auto answer) { waiting.push_back(std::move(answer)); }});
  std::vector<int> order;
  it->events().heads([&](auto) { order.push_back(1); });
  it->events().heads([&](auto) { order.push_back(2); });
  EXPECT_TRUE(order.empty());
  waiting[1]();
  waiting[0]();
  EXPECT_EQ(order, (std::vector<int>{2, 1}));
}

TEST(memory_store, a_second_store_on_the_disk_fences_the_first) {
  auto disk = std::make_shared<memory_disk>(64);
  auto old_owner = make_memory_store({disk, 64, 1, {}});
  auto new_owner = make_memory_store({disk, 64, 1, {}});
  event_maker events;
  const auto batch = events.batch({"order-1"});
  EXPECT_TRUE(
      failed_with(ask<done>([&](auto reply) { old_owner->events().append(0, batch, reply); }), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { old_owner->events().fence(0, reply); }), store_fault::fenced));
  EXPECT_TRUE(
      failed_with(ask<bool>([&](auto reply) { old_owner->events().resolve(0, batch, reply); }), store_fault::fenced));
  EXPECT_TRUE(ask<done>([&](auto reply) { new_owner->events().append(0, batch, reply); }));
  EXPECT_EQ(*ask<bool>([&](auto reply) { old_owner->events().resolve(0, batch, reply); }), true);
}

TEST(memory_store, a_full_disk_refuses_and_recovers) {
  auto disk = std::make_shared<memory_disk>(64);
  disk->event_limit = 1;
  auto it = make_memory_store({disk, 64, 1, {}});
  event_maker events;
  const auto two = events.batch({"order-1", "order-2"});
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { it->events().append(0, two, reply); }), store_fault::refused));
  disk->event_limit = 2;
  EXPECT_TRUE(ask<done>([&](auto reply) { it->events().append(0, two, reply); }));
}

TEST(memory_store, a_power_cut_takes_rows_that_no_append_made_durable) {
  auto disk = std::make_shared<memory_disk>(64);
  auto it = make_memory_store({disk, 64, 1, {}});
  const view_table table{"example_views", 1};
  const auto write = [&](checkpoint_move move, row_values row) {
    return ask<std::vector<shard_number>>([&](auto reply) { it->views().write(one_shard(table, move, {row}), reply); });
  };
  const auto title = [&] {
    const auto found = ask<read_rows>([&](auto reply) { it->views().read(table, {"a"}, reply); });
    return std::get<std::string>(found->rows.at(0).value()[1]);
  };
  ASSERT_TRUE(ask<view_status>([&](auto reply) { it->views().open_view(example_view(), reply); }));
  ASSERT_TRUE(write({3, 0, 1}, example_row("a", "durable")));
  event_maker events;
  ASSERT_TRUE(ask<done>([&](auto reply) { it->events().append(0, events.batch({"order-1"}), reply); }));
  ASSERT_TRUE(write({3, 1, 2}, example_row("a", "visible")));
  EXPECT_EQ(title(), "visible");
  disk->power_cut();
  EXPECT_EQ(title(), "durable");
  const auto at = ask<std::vector<shard_position>>([&](auto reply) { it->views().checkpoints(table, reply); });
  EXPECT_EQ(at->at(3), 1u);
}

} // namespace stele::kit
