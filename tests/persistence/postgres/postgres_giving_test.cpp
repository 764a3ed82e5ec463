// A shard is given from one living node to another, once, whatever happens at the same time.
#include "tests/kit/postgres_cluster.hpp"

namespace stele::kit {

namespace {

/// Two active nodes and a third; the first owns everything at epoch 1.
class postgres_giving : public ::testing::Test {
protected:
  postgres_giving() { EXPECT_EQ(*a->claim(), 64u); }

  /// Statements for a transaction of somebody else.
  std::string a_gives_5_to_b() const {
    return "SELECT stele.es_give(" + std::to_string(a->me()) + ", 5, 1, " + std::to_string(b->me()) + ")";
  }
  std::string c_takes(const cluster_node& victim) const {
    return "SELECT stele.es_takeover(" + std::to_string(c->me()) + ", " + std::to_string(victim.me()) + ", true)";
  }

  shard_owner owner(shard_number shard) { return c->view().shards[shard]; }
  void expect_nothing_is_an_orphan() { EXPECT_EQ(place.run(orphans), "0"); }

  static constexpr const char* orphans = "SELECT count(*) FROM stele.es_shards s LEFT JOIN stele.es_members m USING "
                                         "(node_id) WHERE m.status IS NULL OR m.status = 'dead'";
  postgres_place place;
  std::unique_ptr<cluster_node> a = active_node(place, "a"), b = active_node(place, "b"), c = active_node(place, "c");
};

} // namespace

TEST_F(postgres_giving, a_given_shard_is_the_receivers_at_the_next_epoch) {
  EXPECT_EQ(*a->give(5, 1, b->me()), std::optional<std::uint64_t>(2));
  EXPECT_EQ(owner(5), (shard_owner{b->me(), 2}));
  EXPECT_EQ(*a->give(5, 2, b->me()), std::nullopt) << "it is not mine any more";
  EXPECT_EQ(*b->give(5, 1, a->me()), std::nullopt) << "an epoch of long ago";
  EXPECT_EQ(*b->give(5, 2, c->me()), std::optional<std::uint64_t>(3));
}

TEST_F(postgres_giving, only_an_active_node_is_given_something) {
  cluster_node joining(place, "joining");
  EXPECT_EQ(*a->give(5, 1, joining.me()), std::nullopt);
  ASSERT_TRUE(a->give(6, 1, b->me()));
  ASSERT_EQ(*b->leave(), 1u);
  EXPECT_EQ(*a->give(5, 1, b->me()), std::nullopt) << "leaving";
  ASSERT_EQ(*c->take_over(b->me(), true), true);
  EXPECT_EQ(*a->give(5, 1, b->me()), std::nullopt) << "dead";
  EXPECT_EQ(*a->give(5, 1, 999), std::nullopt) << "nobody";
  EXPECT_TRUE(failed_with(a->give(5, 1, a->me()), store_fault::refused));
  EXPECT_EQ(owner(5), (shard_owner{a->me(), 1}));
}

TEST_F(postgres_giving, a_late_give_after_a_keep_does_nothing) {
  EXPECT_TRUE(a->keep(5, 1));
  EXPECT_EQ(owner(5), (shard_owner{a->me(), 2}));
  EXPECT_EQ(*a->give(5, 1, b->me()), std::nullopt);
  EXPECT_TRUE(a->keep(5, 1)) << "asked for twice";
  EXPECT_EQ(owner(5), (shard_owner{a->me(), 2}));
}

TEST_F(postgres_giving, a_keep_after_a_give_takes_nothing_back) {
  ASSERT_TRUE(a->give(5, 1, b->me()));
  EXPECT_TRUE(a->keep(5, 1));
  EXPECT_EQ(owner(5), (shard_owner{b->me(), 2}));
}

TEST_F(postgres_giving, a_keep_waits_for_a_give_under_way) {
  open_transaction giving(place, a_gives_5_to_b());
  ASSERT_EQ(giving.answer, "2");
  pending<done> kept;
  a->members().keep(5, 1, kept.reply());
  wait_for_locked(place, "es_keep");
  giving.commit();
  EXPECT_TRUE(kept.get());
  EXPECT_EQ(owner(5), (shard_owner{b->me(), 2})) << "read after the keep it is final";
}

TEST_F(postgres_giving, nothing_is_given_to_a_node_that_was_just_taken_over) {
  open_transaction taking(place, c_takes(*b));
  pending<std::optional<std::uint64_t>> given;
  a->members().give(5, 1, b->me(), given.reply());
  wait_for_locked(place, "es_give");
  taking.commit();
  EXPECT_EQ(*given.get(), std::nullopt);
  EXPECT_EQ(owner(5), (shard_owner{a->me(), 1}));
  expect_nothing_is_an_orphan();
}

TEST_F(postgres_giving, what_was_just_given_to_a_node_is_taken_over_with_it) {
  open_transaction giving(place, a_gives_5_to_b());
  pending<bool> taken;
  c->members().take_over(b->me(), true, taken.reply());
  wait_for_locked(place, "es_takeover");
  giving.commit();
  EXPECT_EQ(*taken.get(), true);
  EXPECT_EQ(owner(5), (shard_owner{c->me(), 3}));
  expect_nothing_is_an_orphan();
}

TEST_F(postgres_giving, a_give_of_a_node_that_is_taken_over_meanwhile_is_fenced) {
  open_transaction taking(place, c_takes(*a));
  ASSERT_EQ(taking.answer, "64");
  pending<std::optional<std::uint64_t>> given;
  a->members().give(5, 1, b->me(), given.reply());
  wait_for_locked(place, "es_give");
  taking.commit();
  EXPECT_TRUE(failed_with(given.get(), store_fault::fenced));
  EXPECT_EQ(owner(5), (shard_owner{c->me(), 2}));
}

TEST_F(postgres_giving, a_node_leaves_when_it_has_given_everything_away) {
  ASSERT_TRUE(a->give(5, 1, b->me()));
  EXPECT_EQ(*b->leave(), 1u);
  EXPECT_EQ(*b->leave(), 1u) << "asked for again";
  EXPECT_EQ(find_member(c->view(), b->me())->status, member_status::leaving);
  EXPECT_TRUE(failed_with(b->claim(), store_fault::refused)) << "nor does it take any";
  EXPECT_TRUE(failed_with(b->activate(), store_fault::refused)) << "there is no way back";
  EXPECT_TRUE(b->renew()) << "it lives until it has left";
  EXPECT_EQ(*b->give(5, 2, c->me()), std::optional<std::uint64_t>(3));
  EXPECT_EQ(*b->leave(), 0u);
  EXPECT_EQ(find_member(c->view(), b->me()), nullptr);
  EXPECT_TRUE(failed_with(b->renew(), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { b->store().events().fence(0, reply); }), store_fault::fenced));
  expect_nothing_is_an_orphan();
}

TEST_F(postgres_giving, a_shard_given_to_a_node_while_it_leaves_is_counted) {
  open_transaction giving(place, a_gives_5_to_b());
  pending<std::uint32_t> left;
  b->members().leave(left.reply());
  wait_for_locked(place, "es_leave");
  giving.commit();
  EXPECT_EQ(*left.get(), 1u);
  expect_nothing_is_an_orphan();
}

TEST_F(postgres_giving, the_last_node_leaves_its_shards_to_nobody) {
  ASSERT_EQ(*b->leave(), 0u);
  ASSERT_EQ(*c->leave(), 0u);
  EXPECT_TRUE(a->leave_last());
  EXPECT_TRUE(failed_with(a->renew(), store_fault::fenced));
  a->store().close();
  auto next = active_node(place, "next");
  EXPECT_EQ(owned_by(next->view(), 0), 64u);
  EXPECT_EQ(*next->claim(), 64u);
}

} // namespace stele::kit
