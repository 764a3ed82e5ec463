// A node takes what another one left, once, and never from one that may still write.
#include "tests/kit/postgres_cluster.hpp"

namespace stele::kit {

TEST(postgres_takeover, a_node_whose_lease_expired_loses_its_shards_and_its_fence) {
  postgres_place place;
  auto old = active_node(place, "old"), next = active_node(place, "next");
  ASSERT_EQ(*old->claim(), 64u);
  event_maker events;
  ASSERT_TRUE(append_to(old->store(), events.batch({"order-1"})));
  EXPECT_EQ(*next->take_over(old->me()), false) << "it lives";
  EXPECT_EQ(owned_by(next->view(), old->me()), 64u);
  let_lease_expire(place, old->me());
  EXPECT_EQ(*next->take_over(old->me()), true);
  EXPECT_EQ(*next->take_over(old->me()), false) << "dead is final";
  EXPECT_EQ(*next->take_over(old->me(), true), false);
  const auto view = next->view();
  EXPECT_EQ(owned_by(view, next->me()), 64u);
  EXPECT_EQ(view.shards[0].epoch, 2u);
  event_maker late = events;
  EXPECT_TRUE(failed_with(append_to(old->store(), late.batch({"order-1"})), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { old->store().events().fence(0, reply); }), store_fault::fenced));
}

TEST(postgres_takeover, a_node_that_renewed_in_time_stays) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  ASSERT_EQ(*a->claim(), 64u);
  let_lease_expire(place, a->me());
  ASSERT_TRUE(a->renew());
  EXPECT_EQ(*b->take_over(a->me()), false);
  EXPECT_TRUE(a->renew());
}

TEST(postgres_takeover, a_node_that_is_gone_is_replaced_before_its_lease_ends) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  ASSERT_EQ(*a->claim(), 64u);
  EXPECT_EQ(*b->take_over(a->me(), true), true);
  EXPECT_EQ(owned_by(b->view(), b->me()), 64u);
  cluster_node joining(place, "joining");
  EXPECT_EQ(*b->take_over(joining.me(), true), true) << "also one that had not joined yet";
  EXPECT_TRUE(failed_with(joining.activate(), store_fault::fenced));
}

TEST(postgres_takeover, a_batch_in_flight_is_waited_for_and_belongs_to_what_is_taken) {
  postgres_place place;
  auto old = active_node(place, "old"), next = active_node(place, "next");
  ASSERT_EQ(*old->claim(), 64u);
  event_maker events;
  const auto first = events.next("order-1");
  ASSERT_TRUE(append_to(old->store(), batch_of({first})));
  // Somebody writes at the place of the next event and makes its append wait, the lane's lock in hand.
  open_transaction pause(place,
                         "INSERT INTO stele.es_events SELECT global_position + 1, position + 1, recorded_at, shard, "
                         "9, 1, 1, 1, event_id, command_id, command_digest, 'slow-1', type, payload, metadata "
                         "FROM stele.es_events");
  pending<done> appended;
  old->store().events().append(0, events.batch({"order-1"}), appended.reply());
  wait_for_locked(place, "es_events");
  pending<bool> taken;
  next->members().take_over(old->me(), true, taken.reply());
  wait_for_locked(place, "es_takeover");
  EXPECT_TRUE(next->renew()) << "nor does it hold up the renewal of the lease";
  pause.roll_back();
  EXPECT_TRUE(appended.get());
  EXPECT_EQ(*taken.get(), true);
  EXPECT_EQ(*next->open_shards({first.shard}), std::vector<shard_position>{2});
  EXPECT_TRUE(failed_with(append_to(old->store(), events.batch({"order-1"})), store_fault::fenced));
}

TEST(postgres_takeover, of_two_that_take_each_other_over_one_dies_and_nothing_is_lost) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  ASSERT_EQ(*a->claim(), 64u);
  ASSERT_TRUE(a->give(5, 1, b->me()));
  for (const node_number it : {a->me(), b->me()}) { let_lease_expire(place, it); }
  open_transaction both_wait(place, "SELECT * FROM stele.es_members FOR UPDATE");
  pending<bool> a_takes, b_takes;
  a->members().take_over(b->me(), false, a_takes.reply());
  b->members().take_over(a->me(), false, b_takes.reply());
  wait_for_locked(place, "es_takeover", 2);
  both_wait.commit();
  const auto by_a = a_takes.get(), by_b = b_takes.get();
  ASSERT_NE(by_a.has_value(), by_b.has_value());
  EXPECT_EQ(by_a ? *by_a : *by_b, true);
  EXPECT_TRUE(failed_with(by_a ? by_b : by_a, store_fault::fenced)) << "not a deadlock";
  EXPECT_EQ(owned_by(a->view(), by_a ? a->me() : b->me()), 64u);
}

TEST(postgres_takeover, of_two_that_claim_at_once_each_shard_goes_to_one) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  open_transaction both_wait(place, "SELECT * FROM stele.es_shards WHERE shard = 9 FOR UPDATE");
  pending<std::uint32_t> a_claims, b_claims;
  a->members().claim(a_claims.reply());
  b->members().claim(b_claims.reply());
  wait_for_locked(place, "es_claim", 2);
  both_wait.commit();
  const auto by_a = *a_claims.get(), by_b = *b_claims.get();
  EXPECT_EQ(by_a + by_b, 64u);
  const auto view = a->view();
  EXPECT_EQ(owned_by(view, a->me()), by_a);
  EXPECT_EQ(owned_by(view, b->me()), by_b);
  EXPECT_TRUE(std::all_of(view.shards.begin(), view.shards.end(), [](const auto& it) { return it.epoch == 1; }));
}

} // namespace stele::kit
