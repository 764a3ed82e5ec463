// Who may write: one node at a time, fenced when another has taken over.
#include "tests/kit/postgres_place.hpp"

namespace stele::kit {

namespace {

template <class T>
::testing::AssertionResult says(const stored<T>& result, const std::string& words) {
  if (result) return ::testing::AssertionFailure() << "it was done";
  if (result.error().what.find(words) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << result.error().what;
}

void let_heartbeats_expire(postgres_place& place) {
  place.run("UPDATE stele.es_heartbeats SET expires_at = '-infinity'");
}

} // namespace

TEST(postgres_nodes, a_second_node_is_refused_while_the_first_lives) {
  postgres_place place;
  place.options.node = "first";
  auto first = place.open();
  EXPECT_TRUE(says(open_store(place.options), "node first"));
  EXPECT_TRUE(says(open_store(place.options), "stop the node first"));
  event_maker events;
  EXPECT_TRUE(append_to(*first, events.batch({"order-1"}))) << "and does the first no harm";
  first->close();
  EXPECT_TRUE(open_store(place.options)) << "it gave its shards back";
}

TEST(postgres_nodes, a_node_whose_heartbeat_expired_is_fenced_and_replaced) {
  postgres_place place;
  auto old = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*old, events.batch({"order-1"})));
  let_heartbeats_expire(place);
  auto next = place.open();
  event_maker late = events;
  EXPECT_TRUE(failed_with(append_to(*old, late.batch({"order-1"})), store_fault::fenced));
  EXPECT_TRUE(failed_with(ask<done>([&](auto reply) { old->events().fence(0, reply); }), store_fault::fenced));
  EXPECT_EQ(*ask<bool>([&](auto reply) { old->events().resolve(0, batch_of(all_of(*old)), reply); }), true)
      << "what is stored stays stored, whoever asks";
  EXPECT_TRUE(append_to(*next, events.batch({"order-1"})));
  EXPECT_EQ(all_of(*next).size(), 2u);
}

TEST(postgres_nodes, an_append_under_way_is_waited_for_by_a_take_over) {
  postgres_place place;
  auto old = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*old, events.batch({"order-1"})));
  const postgres_session writer(place.server().uri());
  writer.run("BEGIN; SELECT * FROM " + place.options.schema + ".es_lanes FOR SHARE");
  let_heartbeats_expire(place);
  const postgres_session taker(place.server().uri() + "?options=-clock_timeout%3D50");
  const std::string me = place.run("SELECT stele.es_join('taker', '', 1, '1 min')");
  const auto take = "SELECT " + place.options.schema + ".es_takeover(" + me + ", 1)";
  EXPECT_ANY_THROW(taker.run(take)) << "the batch holds the lane";
  writer.run("COMMIT");
  EXPECT_EQ(taker.run(take), "64");
  EXPECT_TRUE(failed_with(append_to(*old, events.batch({"order-1"})), store_fault::fenced));
  EXPECT_EQ(taker.run(take), "-2") << "dead is final";
}

TEST(postgres_nodes, lanes_append_side_by_side) {
  postgres_place place;
  place.options.lanes = 3;
  auto store = place.open();
  event_maker events;
  std::vector<pending<done>> answers(60);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto batch = events.batch({"order-" + std::to_string(i)});
    store->events().append(batch->front().shard % 3, batch, answers[i].reply());
  }
  for (auto& it : answers) EXPECT_TRUE(it.get());
  EXPECT_EQ(all_of(*store).size(), 60u);
  const auto wrong = events.next("order-x");
  EXPECT_TRUE(failed_with(append_to(*store, batch_of({wrong}), (wrong.shard + 1) % 3), store_fault::refused));
  EXPECT_TRUE(failed_with(append_to(*store, batch_of({wrong}), 3), store_fault::refused));
}

TEST(postgres_nodes, a_late_commit_never_appears_below_what_was_read) {
  postgres_place place;
  auto store = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*store, events.batch({"order-1"})));
  const postgres_session slow(place.server().uri());
  const std::string table = place.options.schema + ".es_events";
  slow.run("BEGIN; INSERT INTO " + table +
           " SELECT (pg_current_xact_id()::text::bigint << 20) + 1, 1000, recorded_at, shard, 1, 1, 1, 1, event_id, "
           "command_id, command_digest, 'slow-1', type, payload, metadata FROM " +
           table);
  ASSERT_TRUE(append_to(*store, events.batch({"order-2"})));
  EXPECT_EQ(all_of(*store).size(), 1u) << "order-2 stands above a transaction that may still commit";
  slow.run("COMMIT");
  const auto all = all_of(*store);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].stream_id, "slow-1");
  EXPECT_EQ(all[2].stream_id, "order-2");
}

TEST(postgres_open, a_store_of_another_making_is_refused_with_a_sentence) {
  postgres_place place;
  place.open();
  place.options.shards = 32;
  EXPECT_TRUE(says(open_store(place.options), "store.shards = 64"));
  place.options.shards = 64;
  place.run("UPDATE stele.es_migrations SET checksum = history FROM stele.es_store WHERE number = 3");
  EXPECT_TRUE(says(open_store(place.options), "0003_members"));
  place.run("INSERT INTO stele.es_migrations SELECT n, '', history FROM generate_series(100, 200) n, stele.es_store");
  EXPECT_TRUE(says(open_store(place.options), "newer version"));
  place.options.read_only = true;
  place.options.schema = "not_there";
  EXPECT_TRUE(says(open_store(place.options), "holds no store yet"));
  place.options.schema = "No; DROP";
  EXPECT_TRUE(says(open_store(place.options), "a schema is called by"));
}

TEST(postgres_open, a_server_that_may_lose_events_is_refused_or_warned_of) {
  postgres_server careless({"synchronous_commit=off"});
  postgres_place place(careless);
  EXPECT_TRUE(says(open_store(place.options), "synchronous_commit = off"));
  std::string warning;
  place.options.durability = "warn";
  place.options.warn = [&](const std::string& it) { warning = it; };
  EXPECT_TRUE(open_store(place.options));
  EXPECT_NE(warning.find("synchronous_commit = off"), std::string::npos);
}

TEST(postgres_open, a_reader_looks_while_the_node_runs) {
  postgres_place place;
  auto store = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*store, events.batch({"order-1"})));
  place.options.read_only = true;
  auto reader = place.open();
  EXPECT_EQ(all_of(*reader).size(), 1u);
  EXPECT_TRUE(failed_with(append_to(*reader, events.batch({"order-1"})), store_fault::refused));
}

} // namespace stele::kit
