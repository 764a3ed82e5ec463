#include "tests/kit/faulty_store.hpp"
#include "tests/kit/store_contract.hpp"
#include "tests/kit/view_rows.hpp"

namespace stele::kit {

TEST_P(store_contract, what_was_submitted_is_answered_before_the_store_is_closed) {
  std::vector<pending<done>> answers(20);
  for (auto& it : answers) log().append(0, events.batch({"order-1", "order-2"}), it.reply());
  store_->close();
  for (auto& it : answers) EXPECT_TRUE(it.get());
  store_ = nullptr;
  store_ = place_->open();
  EXPECT_EQ(read_all().size(), 40u);
}

TEST_P(store_contract, calls_after_close_are_answered_with_unavailable) {
  ASSERT_TRUE(open_view(example_view()));
  store_->close();
  const view_table table{"example_views", 1};
  const auto gone = store_fault::unavailable;
  EXPECT_TRUE(failed_with(append(events.batch({"order-1"})), gone));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { log().fence(0, reply); }), gone));
  EXPECT_TRUE(failed_with(resolve(events.batch({"order-1"})), gone));
  EXPECT_TRUE(failed_with(ask<recovered_stream>([&](auto reply) { log().recover("order-1", 1, reply); }), gone));
  EXPECT_TRUE(failed_with(ask<std::vector<shard_position>>([&](auto reply) { log().heads(reply); }), gone));
  EXPECT_TRUE(failed_with(open_view(example_view()), gone));
  EXPECT_TRUE(failed_with(write(one_shard(table, {0, 0, 1}, {})), gone));
  EXPECT_TRUE(failed_with(read(table, {"a"}), gone));
  EXPECT_TRUE(failed_with(select(table, {}), gone));
  EXPECT_TRUE(failed_with(begin_rebuild(table), gone));
  EXPECT_TRUE(failed_with(checksum(table), gone));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { store_->snapshots().save_snapshot({}, reply); }), gone));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { store_->backup("never", reply); }), gone));
}

TEST_P(store_contract, a_lost_answer_of_a_commit_is_resolved_to_stored) {
  faulty_store faulty(std::move(store_));
  faulty.next_append(append_fault::unknown_committed);
  const auto batch = events.batch({"order-1", "order-2"});
  const auto answer = ask<done>([&](auto reply) { faulty.events().append(0, batch, reply); });
  EXPECT_TRUE(failed_with(answer, store_fault::unknown));
  EXPECT_EQ(*ask<bool>([&](auto reply) { faulty.events().resolve(0, batch, reply); }), true);
  const auto next = events.batch({"order-1"});
  EXPECT_TRUE(ask<done>([&](auto reply) { faulty.events().append(0, next, reply); }));
}

TEST_P(store_contract, a_lost_append_is_resolved_to_not_stored_and_its_place_is_free) {
  faulty_store faulty(std::move(store_));
  event_maker before = events;
  for (append_fault fault : {append_fault::unknown_aborted, append_fault::unknown_late}) {
    faulty.next_append(fault);
    event_maker mine = before;
    const auto batch = mine.batch({"order-1", "order-2"});
    const auto answer = ask<done>([&](auto reply) { faulty.events().append(0, batch, reply); });
    EXPECT_TRUE(failed_with(answer, store_fault::unknown));
    EXPECT_EQ(*ask<bool>([&](auto reply) { faulty.events().resolve(0, batch, reply); }), false);
    faulty.release();
    const auto all = ask<std::vector<recorded_event>>([&](auto reply) { faulty.events().read_all(0, 10, reply); });
    EXPECT_TRUE(all->empty()) << "it must not happen after it was resolved";
  }
  const auto next = before.batch({"order-1", "order-2"});
  EXPECT_TRUE(ask<done>([&](auto reply) { faulty.events().append(0, next, reply); }));
}

} // namespace stele::kit
