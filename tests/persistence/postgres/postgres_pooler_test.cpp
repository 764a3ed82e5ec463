// A store behind a pooler that gives each transaction the next best session.
#include "tests/kit/postgres_place.hpp"
#include "tests/kit/postgres_pooler.hpp"
#include "tests/kit/view_rows.hpp"

namespace stele::kit {

namespace {

/// Everything a node asks of a store, some of it at the same time.
void use(store& it, event_maker& events, int round) {
  std::vector<pending<recovered_stream>> recovered(20);
  std::vector<pending<read_rows>> looked_up(20);
  for (std::size_t i = 0; i < recovered.size(); ++i) {
    it.events().recover("order-" + std::to_string(i), 100, recovered[i].reply());
    it.views().read({"example_views", 1}, {"a", "b"}, looked_up[i].reply());
  }
  const auto batch = events.batch({"order-1", "order-2", "order-" + std::to_string(3 + round)});
  ASSERT_TRUE(append_to(it, batch));
  const auto from = static_cast<shard_position>(round);
  const auto write = one_shard({"example_views", 1}, {3, from, from + 1}, {example_row("a", std::to_string(round))});
  const auto refused = ask<std::vector<shard_number>>([&](auto reply) { it.views().write(write, reply); });
  ASSERT_TRUE(refused) << refused.error().what;
  EXPECT_TRUE(refused->empty());
  EXPECT_TRUE(ask<done>([&](auto reply) { it.events().fence(0, reply); }));
  EXPECT_TRUE(ask<selected_rows>([&](auto reply) {
    it.views().select({"example_views", 1}, where("id", comparison::equal, "a"), reply);
  }));
  for (auto& one : recovered) EXPECT_TRUE(one.get());
  for (auto& one : looked_up) EXPECT_TRUE(one.get());
}

} // namespace

TEST(postgres_pooler, a_store_works_where_each_transaction_meets_another_session) {
  if (!postgres_pooler::is_installed()) GTEST_SKIP() << "PgBouncer is not installed";
  postgres_place place;
  const postgres_pooler pooler(place.server(), 3);
  place.options.uri = pooler.uri();
  place.options.readers = 4;
  auto store = place.open();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { store->views().open_view(example_view(), reply); }));
  event_maker events;
  for (int round = 0; round < 50; ++round) use(*store, events, round);
  const auto next = ask<std::uint32_t>([&](auto reply) { store->views().begin_rebuild({"example_views", 1}, reply); });
  ASSERT_TRUE(next);
  EXPECT_TRUE(ask<done>([&](auto reply) { store->views().finish_rebuild({"example_views", *next}, reply); }));
  EXPECT_EQ(all_of(*store).size(), 150u);
}

} // namespace stele::kit
