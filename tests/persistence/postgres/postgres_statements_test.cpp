// What is sent to the server for what is asked of the store: how many statements, over how many connections.
#include "persistence/postgres/connection.hpp"
#include "tests/kit/postgres_place.hpp"
#include "tests/kit/view_rows.hpp"

#include <poll.h>

namespace stele::kit {

namespace {

/// A server that counts statements, and a store on it under a name of its own.
class postgres_statements : public ::testing::Test {
protected:
  postgres_statements() {
    place_.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    place_.options.uri = server().uri() + "?application_name=counted";
  }

  static postgres_server& server() {
    static postgres_server one({"shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track_planning=on"});
    return one;
  }

  /// `calls` or `rows` of the statements that hold these words.
  std::string counted(const std::string& what, const std::string& words) {
    return place_.run("SELECT coalesce(sum(" + what + "), 0) FROM pg_stat_statements WHERE query LIKE '%" + words +
                      "%' AND query LIKE '%" + place_.options.schema + "%' AND query NOT LIKE '%pg_stat_statements%'");
  }

  void wait_until(const std::string& condition) {
    while (place_.run("SELECT count(*) FROM pg_stat_activity WHERE " + condition) == "0") ::poll(nullptr, 0, 1);
  }

  postgres_place place_{server()};
};

const std::string waits = "application_name = 'counted' AND wait_event_type = 'Lock'";

} // namespace

TEST_F(postgres_statements, a_batch_is_one_statement) {
  auto store = place_.open();
  event_maker events;
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<std::string> streams;
    for (int i = 0; i < 100; ++i) streams.push_back("order-" + std::to_string(i));
    ASSERT_TRUE(append_to(*store, events.batch(streams)));
  }
  EXPECT_EQ(counted("calls", "INSERT INTO %es_events%"), "20");
  EXPECT_EQ(counted("rows", "INSERT INTO %es_events%"), "2000");
  EXPECT_EQ(counted("calls", "max(e.version)%"), "0") << "what it has written itself it need not ask for";
}

TEST_F(postgres_statements, a_thousand_recoveries_are_a_few_queries_one_at_a_time) {
  auto store = place_.open();
  event_maker events;
  std::vector<std::string> streams;
  for (int i = 0; i < 1000; ++i) streams.push_back("order-" + std::to_string(i));
  ASSERT_TRUE(append_to(*store, events.batch(streams)));
  const postgres_session other(server().uri());
  other.run("BEGIN; LOCK TABLE " + place_.options.schema + ".es_snapshots");
  std::vector<pending<recovered_stream>> found(streams.size());
  store->events().recover(streams[0], 100, found[0].reply());
  wait_until(waits);
  for (std::size_t i = 1; i < streams.size(); ++i) store->events().recover(streams[i], 100, found[i].reply());
  EXPECT_EQ(ask<std::vector<recorded_event>>([&](auto reply) {
              store->events().read_stream("order-1", 0, 9, reply);
            })->size(),
            1u)
      << "other reads go on";
  EXPECT_EQ(place_.run("SELECT count(*) FROM pg_stat_activity WHERE " + waits), "1");
  other.run("COMMIT");
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto stream = found[i].get();
    ASSERT_TRUE(stream);
    ASSERT_EQ(stream->tail.size(), 1u);
    EXPECT_EQ(stream->tail[0].stream_id, streams[i]);
  }
  EXPECT_EQ(counted("calls", "CROSS JOIN LATERAL%es_events%"), "11") << "the first alone, the rest by the hundred";
}

TEST_F(postgres_statements, a_write_that_waits_keeps_no_reader_waiting) {
  auto store = place_.open();
  event_maker events;
  ASSERT_TRUE(append_to(*store, events.batch({"order-1"})));
  const postgres_session other(server().uri());
  other.run("BEGIN; SELECT * FROM " + place_.options.schema + ".es_lanes FOR UPDATE");
  pending<done> answer;
  store->events().append(0, events.batch({"order-1", "order-2"}), answer.reply());
  wait_until(waits);
  EXPECT_EQ(all_of(*store).size(), 1u);
  EXPECT_TRUE(ask<recovered_stream>([&](auto reply) { store->events().recover("order-1", 9, reply); }));
  EXPECT_TRUE(ask<done>([&](auto reply) { store->events().fence(0, reply); }));
  other.run("COMMIT");
  EXPECT_TRUE(answer.get());
}

TEST_F(postgres_statements, a_list_that_is_asked_for_often_is_planned_a_few_times) {
  auto store = place_.open();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { store->views().open_view(example_view(), reply); }));
  const auto list = [&](const row_selection& what) {
    return ask<selected_rows>([&](auto reply) { store->views().select({"example_views", 1}, what, reply); });
  };
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(list(where("title", comparison::equal, std::to_string(i))));
    EXPECT_TRUE(list(where("title", comparison::contains, std::to_string(i))));
  }
  EXPECT_EQ(counted("calls", "array_to_string%\"title\" = "), "100");
  EXPECT_LT(std::stoi(counted("plans", "array_to_string%\"title\" = ")), 20);
  EXPECT_EQ(counted("plans", "array_to_string%LIKE"), "100") << "how a search goes best depends on its words";
}

TEST_F(postgres_statements, the_server_keeps_only_so_many_of_what_people_ask) {
  postgres::connection_settings where;
  where.uri = place_.options.uri;
  postgres::connection db(where);
  postgres::parameters none;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(db.run_if_room("SELECT " + std::to_string(i), none).integer(0, 0), i);
  EXPECT_LE(db.integer("SELECT count(*) FROM pg_prepared_statements"), 210);
}

TEST_F(postgres_statements, the_connections_are_few_however_much_is_asked) {
  place_.options.lanes = 2;
  place_.options.readers = 3;
  place_.options.read_uri = place_.options.uri;
  auto store = place_.open();
  ASSERT_TRUE(ask<view_status>([&](auto reply) { store->views().open_view(example_view(), reply); }));
  event_maker events;
  std::vector<pending<done>> written(100);
  std::vector<pending<recovered_stream>> found(500);
  std::vector<pending<selected_rows>> selected(100);
  for (auto& it : written) {
    const auto batch = events.batch({"order-" + std::to_string(&it - written.data())});
    store->events().append(batch->front().shard % 2, batch, it.reply());
  }
  for (auto& it : found) store->events().recover("order-1", 9, it.reply());
  for (auto& it : selected)
    store->views().select({"example_views", 1}, where("id", comparison::equal, "a"), it.reply());
  for (auto& it : written) EXPECT_TRUE(it.get());
  for (auto& it : found) EXPECT_TRUE(it.get());
  for (auto& it : selected) EXPECT_TRUE(it.get());
  const int open = std::stoi(place_.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'"));
  EXPECT_LE(open, 2 + 1 + 1 + 3 + 3) << "lanes, views, heartbeat, readers, readers of the second address";
}

} // namespace stele::kit
