// Nodes of a cluster join, say where they are, and prove that they live.
#include "persistence/postgres/postgres_membership.hpp"
#include "tests/kit/postgres_cluster.hpp"
#include "tests/kit/tcp_proxy.hpp"

#include <future>

namespace stele::kit {

namespace {

const member_addresses addresses{"10.0.0.1:9000", "10.0.0.1:9001", "10.0.0.1:8080", 2, 7};

template <class T>
::testing::AssertionResult says(const stored<T>& result, const std::string& words) {
  if (result) return ::testing::AssertionFailure() << "it was done";
  if (result.error().what.find(words) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << result.error().what;
}

/// What a view shows, leases apart.
std::string shown(const cluster_view& view) {
  std::string text;
  for (const member& it : view.members)
    text += std::to_string(it.number) + it.name + std::to_string(static_cast<int>(it.status)) + it.at.cluster +
            it.at.gateway + it.at.http + std::to_string(it.at.weight) + '/' + std::to_string(it.at.build) + ';';
  for (const shard_owner& it : view.shards) text += std::to_string(it.node) + '@' + std::to_string(it.epoch) + ' ';
  return text;
}

} // namespace

TEST(postgres_membership, who_renews_a_lease_tries_to_connect_many_times_while_it_lasts) {
  const auto how = postgres::postgres_membership::for_renewals({}, std::chrono::seconds(2));
  EXPECT_LE(how.pause_max, std::chrono::milliseconds(100));
  EXPECT_LE(how.limit, std::chrono::seconds(2));
}

TEST(postgres_membership, a_node_joins_without_a_shard_and_takes_none_before_it_is_active) {
  postgres_place place;
  cluster_node a(place, "a");
  const auto view = a.view();
  ASSERT_NE(find_member(view, a.me()), nullptr);
  EXPECT_EQ(find_member(view, a.me())->status, member_status::joining);
  EXPECT_EQ(find_member(view, a.me())->name, "a");
  EXPECT_EQ(owned_by(view, 0), 64u);
  EXPECT_TRUE(failed_with(a.claim(), store_fault::refused)) << "it is not dead, only too early";
  EXPECT_TRUE(failed_with(a.take_over(a.me() + 1), store_fault::refused));
  ASSERT_TRUE(a.activate());
  EXPECT_TRUE(a.activate()) << "as after a lost answer";
  EXPECT_EQ(*a.claim(), 64u);
  EXPECT_EQ(*a.claim(), 0u);
  EXPECT_EQ(owned_by(a.view(), a.me()), 64u);
}

TEST(postgres_membership, what_a_node_announces_the_others_see) {
  postgres_place place;
  cluster_node a(place, "a"), b(place, "b");
  ASSERT_TRUE(a.announce(addresses));
  const auto view = b.view();
  ASSERT_EQ(view.members.size(), 2u);
  EXPECT_EQ(view.members[0].number, a.me());
  EXPECT_EQ(view.members[0].at, addresses);
  ASSERT_TRUE(a.activate());
  EXPECT_TRUE(failed_with(a.announce(addresses), store_fault::refused)) << "others rely on it by now";
}

TEST(postgres_membership, a_renewal_prolongs_the_lease_and_answers_the_views_number) {
  postgres_place place;
  cluster_node a(place, "a");
  let_lease_expire(place, a.me());
  EXPECT_LE(a.view().members[0].lease_left_ms, 0);
  const auto number = a.renew();
  ASSERT_TRUE(number);
  const auto view = a.view();
  EXPECT_EQ(*number, view.number);
  EXPECT_GT(view.members[0].lease_left_ms, 300'000);
  EXPECT_LE(view.members[0].lease_left_ms, 600'000);
}

TEST(postgres_membership, the_number_rises_with_every_change_of_the_view_and_with_nothing_else) {
  postgres_place place;
  cluster_node a(place, "a");
  auto last = a.view();
  const auto changes = [&](const auto& change, const char* what) {
    EXPECT_TRUE(change()) << what;
    const auto now = a.view();
    EXPECT_NE(shown(now), shown(last)) << what;
    EXPECT_GT(now.number, last.number) << what;
    last = now;
  };
  changes([&] { return a.announce(addresses); }, "announced");
  changes([&] { return a.announce({}); }, "announced anew");
  changes([&] { return a.activate(); }, "active");
  changes([&] { return a.claim(); }, "claimed");
  std::unique_ptr<cluster_node> b;
  changes([&] { return b = std::make_unique<cluster_node>(place, "b"), true; }, "joined");
  changes([&] { return b->activate(); }, "active");
  changes([&] { return a.give(3, 1, b->me()); }, "given");
  changes([&] { return b->keep(3, 2); }, "kept");
  changes([&] { return b->leave(); }, "leaving");
  changes([&] { return b->give(3, 3, a.me()); }, "given back");
  changes([&] { return b->leave(); }, "left");
  cluster_node c(place, "c");
  last = a.view();
  changes([&] { return a.take_over(c.me(), true); }, "taken over");
  EXPECT_TRUE(a.renew());
  EXPECT_TRUE(a.activate());
  EXPECT_EQ(*a.claim(), 0u);
  EXPECT_EQ(a.view().number, last.number) << "a renewal changes nothing of it";
  EXPECT_EQ(shown(a.view()), shown(last));
}

TEST(postgres_membership, a_dead_node_is_told_so_whatever_it_asks_for) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  ASSERT_EQ(*a->claim(), 64u);
  ASSERT_EQ(*b->take_over(a->me(), true), true);
  EXPECT_TRUE(failed_with(a->renew(), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->announce(addresses), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->activate(), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->claim(), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->take_over(b->me(), true), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->give(1, 2, b->me()), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->keep(1, 2), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->leave(), store_fault::fenced));
  EXPECT_TRUE(failed_with(a->leave_last(), store_fault::fenced));
  EXPECT_EQ(find_member(a->view(), a->me()), nullptr) << "it may look";
  EXPECT_EQ(owned_by(b->view(), b->me()), 64u);
}

TEST(postgres_membership, a_closed_store_answers_and_does_not_leave) {
  postgres_place place;
  auto a = active_node(place, "a"), b = active_node(place, "b");
  ASSERT_EQ(*a->claim(), 64u);
  const auto number = b->view().number;
  a->store().close();
  EXPECT_TRUE(failed_with(a->renew(), store_fault::unavailable));
  EXPECT_TRUE(failed_with(a->leave(), store_fault::unavailable));
  EXPECT_EQ(b->view().number, number);
  EXPECT_EQ(owned_by(b->view(), a->me()), 64u);
}

TEST(postgres_membership, a_lost_answer_leaves_the_outcome_unknown) {
  postgres_place place;
  tcp_proxy proxy(place.server().port());
  place.options.uri = "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) + "/postgres";
  cluster_node a(place, "a");
  ASSERT_TRUE(a.announce({}));
  proxy.next(mishap::cut_after, "the marked address");
  EXPECT_TRUE(failed_with(a.announce({"the marked address", "", "", 1, 0}), store_fault::unknown));
  EXPECT_EQ(place.run("SELECT cluster FROM stele.es_members"), "the marked address") << "it had happened";
}

TEST(postgres_membership, a_node_alone_and_a_cluster_do_not_meet) {
  postgres_place place;
  auto alone = place.open();
  place.options.clustered = true;
  EXPECT_TRUE(says(open_store(place.options), "is not clustered"));
  EXPECT_TRUE(says(open_store(place.options), "cluster.enabled = true"));
  alone->close();
  auto a = active_node(place, "a");
  place.options.clustered = false;
  EXPECT_TRUE(says(open_store(place.options), "node a")) << "also when it owns nothing";
  EXPECT_TRUE(a->renew()) << "and it does the cluster no harm";
  let_lease_expire(place, a->me());
  EXPECT_TRUE(open_store(place.options)) << "nobody lives any more";
  EXPECT_TRUE(failed_with(a->renew(), store_fault::fenced));
}

TEST(postgres_membership, a_node_alone_that_expired_is_fenced_by_one_that_joins) {
  postgres_place place;
  auto alone = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*alone, events.batch({"order-1"})));
  place.run("UPDATE stele.es_heartbeats SET expires_at = '-infinity'");
  auto a = active_node(place, "a");
  EXPECT_EQ(a->view().members.size(), 1u);
  EXPECT_EQ(*a->claim(), 64u);
  EXPECT_TRUE(failed_with(append_to(*alone, events.batch({"order-1"})), store_fault::fenced));
}

TEST(postgres_membership, of_starts_alone_and_clustered_at_one_moment_only_one_kind_gets_in) {
  postgres_place place;
  place.open();
  open_transaction starting(place, "SELECT stele.es_join('a', '', 1, '1 min')");
  const std::string join = "SELECT " + place.options.schema + ".es_join_cluster('b', 1, '1 min')";
  auto joined = std::async(std::launch::async, [&] { return postgres_session(place.server().uri()).run(join); });
  while (joined.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready &&
         place.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") == "0") {}
  starting.commit();
  EXPECT_EQ(joined.get(), "0") << "it waited, and saw the other";
}

TEST(postgres_membership, only_a_store_in_postgresql_can_be_shared) {
  store_options options;
  options.clustered = true;
  for (const char* uri : {"memory:", "sqlite:never_made.db"}) {
    options.uri = uri;
    EXPECT_TRUE(says(open_store(options), "only a store at postgresql://"));
  }
}

} // namespace stele::kit
