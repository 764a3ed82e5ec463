// What a store says of an append whose connection was cut, and what becomes of the append.
#include "tests/kit/postgres_place.hpp"
#include "tests/kit/tcp_proxy.hpp"

#include <poll.h>

#include <chrono>
#include <future>

namespace stele::kit {

namespace {

constexpr const char* mark = "the marked append";

/// A store behind a proxy, with one event in it, and the next one marked for a mishap.
class postgres_outcomes : public ::testing::Test {
protected:
  postgres_outcomes() {
    place_.options.uri = "postgresql://postgres@127.0.0.1:" + std::to_string(proxy_.port()) + "/postgres";
    store_ = place_.open();
    EXPECT_TRUE(append_to(*store_, events_.batch({"order-1"})));
    before_ = events_;
    marked_ = batch_of({events_.next("order-1", std::string("{\"a\":\"") + mark + "\"}"), events_.next("order-2")});
  }

  stored<bool> resolve() {
    for (;;) { // The connection comes back after a pause.
      auto found = ask<bool>([&](auto reply) { store_->events().resolve(0, marked_, reply); });
      if (found || found.error().fault != store_fault::unavailable) return found;
      ::poll(nullptr, 0, 5);
    }
  }

  /// Waits until a session waits for what the condition says.
  void wait_until(const std::string& condition) {
    while (place_.run("SELECT count(*) FROM pg_stat_activity WHERE " + condition) == "0") ::poll(nullptr, 0, 1);
  }

  /// The server heard of its new settings some time after they were made: commits until one of them waits.
  void wait_until_commits_wait() {
    for (bool waiting = false; !waiting;) {
      auto commit = std::async(std::launch::async, [&] {
        place_.run("SET client_min_messages = error; UPDATE stele.es_shards SET epoch = epoch WHERE shard = 0");
      });
      while (!waiting && commit.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
        waiting = place_.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0";
      if (waiting) place_.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }
  }

  void expect_marked_is_there(bool there) {
    EXPECT_EQ(all_of(*store_).size(), there ? 3u : 1u);
    event_maker next = there ? events_ : before_;
    EXPECT_TRUE(append_to(*store_, next.batch({"order-1", "order-2", "order-3"}))) << "the lane goes on";
  }

  postgres_place place_;
  tcp_proxy proxy_{place_.server().port()};
  std::unique_ptr<store> store_;
  event_maker events_, before_;
  event_batch marked_;
};

} // namespace

TEST_F(postgres_outcomes, cut_before_it_arrived_it_is_unknown_and_resolved_to_not_stored) {
  proxy_.next(mishap::cut_before, mark);
  EXPECT_TRUE(failed_with(append_to(*store_, marked_), store_fault::unknown));
  EXPECT_EQ(*resolve(), false);
  expect_marked_is_there(false);
}

TEST_F(postgres_outcomes, cut_after_the_commit_it_is_unknown_and_resolved_to_stored) {
  proxy_.next(mishap::cut_after, mark);
  EXPECT_TRUE(failed_with(append_to(*store_, marked_), store_fault::unknown));
  EXPECT_EQ(*resolve(), true);
  expect_marked_is_there(true);
}

TEST_F(postgres_outcomes, a_session_ended_inside_the_statement_is_unknown_and_resolved_to_not_stored) {
  const postgres_session other(place_.server().uri());
  other.run("BEGIN; SELECT * FROM " + place_.options.schema + ".es_lanes FOR UPDATE");
  pending<done> answer;
  store_->events().append(0, marked_, answer.reply());
  wait_until("wait_event_type = 'Lock' AND query LIKE '%es_events%'");
  place_.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  EXPECT_TRUE(failed_with(answer.get(), store_fault::unknown));
  other.run("ROLLBACK");
  EXPECT_EQ(*resolve(), false);
  expect_marked_is_there(false);
}

TEST_F(postgres_outcomes, a_statement_that_arrives_after_it_was_resolved_does_nothing) {
  proxy_.next(mishap::hold_back, mark);
  EXPECT_TRUE(failed_with(append_to(*store_, marked_), store_fault::unknown));
  EXPECT_EQ(*resolve(), false);
  proxy_.release();
  expect_marked_is_there(false);
}

TEST_F(postgres_outcomes, nothing_is_sent_while_an_outcome_is_unknown) {
  proxy_.next(mishap::cut_after, mark);
  EXPECT_TRUE(failed_with(append_to(*store_, marked_), store_fault::unknown));
  EXPECT_TRUE(failed_with(append_to(*store_, events_.batch({"order-9"})), store_fault::refused));
  EXPECT_EQ(*resolve(), true);
}

TEST_F(postgres_outcomes, a_commit_that_no_standby_got_is_unknown) {
  place_.server().run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  place_.server().run("SELECT pg_reload_conf()");
  wait_until_commits_wait();
  pending<done> answer;
  store_->events().append(0, marked_, answer.reply());
  wait_until("wait_event = 'SyncRep' AND query LIKE '%es_events%'");
  place_.server().run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_TRUE(failed_with(answer.get(), store_fault::unknown));
  place_.server().run("ALTER SYSTEM RESET synchronous_standby_names");
  place_.server().run("SELECT pg_reload_conf()");
  EXPECT_EQ(*resolve(), true);
  expect_marked_is_there(true);
}

TEST_F(postgres_outcomes, an_append_is_not_called_stored_before_the_standby_has_it) {
  place_.server().run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  place_.server().run("SELECT pg_reload_conf()");
  wait_until_commits_wait();
  const auto give_up_waiting = [&](const std::string& table) {
    wait_until("wait_event = 'SyncRep' AND query LIKE '%" + table + "%'");
    place_.server().run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  };
  pending<done> answer;
  store_->events().append(0, marked_, answer.reply());
  give_up_waiting("es_events");
  EXPECT_TRUE(failed_with(answer.get(), store_fault::unknown));
  pending<bool> found;
  store_->events().resolve(0, marked_, found.reply());
  give_up_waiting("es_lanes SET epoch");
  EXPECT_TRUE(failed_with(found.get(), store_fault::unavailable)) << "the primary alone has it";
  place_.server().run("ALTER SYSTEM RESET synchronous_standby_names");
  place_.server().run("SELECT pg_reload_conf()");
  EXPECT_EQ(*resolve(), true);
  expect_marked_is_there(true);
}

TEST(postgres_crash, a_connection_lost_while_idle_is_replaced_before_anything_is_sent) {
  postgres_place place;
  auto store = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*store, events.batch({"order-1"})));
  const std::string sessions = "FROM pg_stat_activity WHERE query LIKE '%INSERT INTO " + std::string("\"") +
                               place.options.schema + "\".es_events%' AND pid <> pg_backend_pid()";
  EXPECT_EQ(place.server().run("SELECT pg_terminate_backend(pid)::int " + sessions), "1");
  while (place.server().run("SELECT count(*) " + sessions) != "0") ::poll(nullptr, 0, 1);
  EXPECT_TRUE(append_to(*store, events.batch({"order-1"})));
}

TEST(postgres_crash, a_server_that_is_killed_under_load_loses_nothing_it_acknowledged) {
  postgres_server server;
  postgres_place place(server);
  auto store = place.open();
  event_maker events;
  std::vector<uuid> acknowledged;
  const auto keep = [&](const event_batch& batch) {
    for (const recorded_event& it : *batch) acknowledged.push_back(it.event_id);
  };
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      const auto batch = events.batch({"order-1", "order-2", "order-" + std::to_string(i)});
      ASSERT_TRUE(append_to(*store, batch));
      keep(batch);
    }
    const event_maker before = events;
    const auto last = events.batch({"order-1", "order-7"});
    pending<done> answer;
    store->events().append(0, last, answer.reply());
    server.kill();
    server.start();
    const auto ended = answer.get();
    stored<bool> found = ended.has_value();
    while (!ended && (!found || !*found)) {
      found = ask<bool>([&](auto reply) { store->events().resolve(0, last, reply); });
      if (found) break;
      ASSERT_EQ(found.error().fault, store_fault::unavailable) << found.error().what;
      ::poll(nullptr, 0, 10);
    }
    if (*found)
      keep(last);
    else
      events = before;
  }
  std::vector<uuid> stored_ids;
  for (const recorded_event& it : all_of(*store)) stored_ids.push_back(it.event_id);
  EXPECT_EQ(stored_ids, acknowledged);
}

} // namespace stele::kit
