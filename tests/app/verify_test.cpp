#include "app/admin/verify.hpp"
#include "domain/account.hpp"
#include "domain/customer_view.hpp"
#include "tests/app/order_shop.hpp"

#include <sqlite3.h>

namespace stele::admin {
namespace {

// A store on disk with orders and accounts in it, closed, for others to damage.
class verify_store_test : public testing::Test {
protected:
  void SetUp() override {
    auto settings = sqlite_config(file_);
    settings.actors.snapshot_events = 10;
    order_shop shop(settings);
    for (int i = 0; i < 40; ++i) {
      const auto id = std::to_string(i);
      shop.send<order::aggregate>(id, an_order(i < 30 ? "ada" : "bob", i + 1)).value();
      shop.send<order::aggregate>(id, order::add_order_item{"pen", 1, cents(100)}).value();
      shop.send<order::aggregate>(id, order::ship_order{}).value();
    }
    shop.send<account::aggregate>("1", account::open_account{"ada"}).value();
    acceptance last;
    for (int i = 0; i < 25; ++i) last = shop.send<account::aggregate>("1", account::deposit{cents(5)}).value();
    shop.get<customer_view::view>("bob", shop.token_of(last))
        .value(); // This view reads the log; it holds everything by then.
  }

  void damage(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &db), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << (why != nullptr ? why : "");
    EXPECT_EQ(sqlite3_total_changes(db) > 0, true) << sql;
    sqlite3_free(why);
    sqlite3_close(db);
  }

  verify_report checked() {
    const order_shop names(in_memory());
    auto opened = open_store({.uri = "sqlite:" + file_, .read_only = true});
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().what);
    auto report = verify(**opened, names.hosted(), {});
    EXPECT_TRUE(report) << (report ? "" : report.error().what);
    return std::move(*report);
  }

  // The first violation of a kind, or why there is none.
  std::string first(const std::string& kind) {
    std::string others = "only found:";
    const auto report = checked();
    for (const auto& it : report.found.all()) {
      if (it.kind == kind) return it.first;
      others += ' ' + it.kind;
    }
    return others;
  }

  std::string kinds() {
    std::string all;
    const auto report = checked();
    for (const auto& it : report.found.all()) all += (all.empty() ? "" : " ") + it.kind;
    return all;
  }

  temporary_folder folder_;
  std::string file_ = folder_.file("shop.db");
};

#define EXPECT_BEGINS(text, begin) EXPECT_EQ(std::string(text).substr(0, std::string_view(begin).size()), begin)

TEST_F(verify_store_test, a_store_nobody_touched_is_clean_and_counted) {
  const auto report = checked();
  for (const auto& it : report.found.all()) ADD_FAILURE() << it.kind << ": " << it.first;
  EXPECT_EQ(report.shards, 64u);
  EXPECT_EQ(report.streams, 41u);
  EXPECT_EQ(report.commands, 146u);
  EXPECT_EQ(report.events, 146u);
  ASSERT_EQ(report.views.size(), 3u);
  EXPECT_EQ(report.views[0].rows, 40u);
  EXPECT_EQ(report.views[1].rows, 1u);
  EXPECT_EQ(report.views[2].view, "customer_summaries");
  EXPECT_EQ(report.views[2].rows, 2u);
  EXPECT_EQ(report.snapshots, 1u);
}

TEST_F(verify_store_test, a_row_changed_by_hand_is_named_with_what_it_should_be) {
  damage("UPDATE order_views SET item_count = 7 WHERE order_id = '12'");
  EXPECT_EQ(kinds(), "row_differs");
  const auto sentence = first("row_differs");
  EXPECT_BEGINS(sentence, "view order_views, row 12 (stream order-12 at version 3, shard ");
  EXPECT_NE(sentence.find(R"(found {"item_count":7}, by its events {"item_count":2})"), std::string::npos) << sentence;
}

TEST_F(verify_store_test, a_row_deleted_by_hand_is_named) {
  damage("DELETE FROM order_views WHERE order_id = '12'");
  EXPECT_EQ(kinds(), "row_missing");
  EXPECT_BEGINS(first("row_missing"), "view order_views, row 12 (stream order-12 at version 3");
}

TEST_F(verify_store_test, a_row_too_many_is_named) {
  damage("INSERT INTO account_views SELECT '2', owner, balance, movements, version FROM account_views");
  EXPECT_EQ(kinds(), "row_extra");
  EXPECT_BEGINS(first("row_extra"), R"(view account_views: found {"account_id":"2",)");
}

TEST_F(verify_store_test, a_row_too_many_is_named_also_where_another_is_missing) {
  damage("UPDATE order_views SET order_id = 'x' WHERE order_id = '12'");
  EXPECT_EQ(kinds(), "row_missing row_extra");
}

TEST_F(verify_store_test, a_row_with_a_key_of_its_own_is_held_against_the_whole_log) {
  damage("UPDATE customer_summaries SET shipped_orders = 29 WHERE customer_id = 'ada'");
  EXPECT_EQ(kinds(), "row_differs");
  EXPECT_EQ(first("row_differs"),
            R"(view customer_summaries, row ada: found {"shipped_orders":29}, by its events {"shipped_orders":30})");
}

TEST_F(verify_store_test, a_keyed_row_that_is_gone_or_too_many_is_named) {
  damage("UPDATE customer_summaries SET customer_id = 'eve' WHERE customer_id = 'bob'");
  EXPECT_EQ(kinds(), "row_missing row_extra");
  EXPECT_BEGINS(first("row_missing"), "view customer_summaries, row bob: there is none, by its events {");
  EXPECT_BEGINS(first("row_extra"), R"(view customer_summaries: found {"customer_id":"eve",)");
}

TEST_F(verify_store_test, checkpoints_of_a_keyed_view_that_do_not_belong_together_are_named) {
  damage("UPDATE checkpoints SET position = 0 WHERE view = 'customer_summaries' AND shard = "
         "(SELECT shard FROM events WHERE stream_id = 'order-0' LIMIT 1)");
  EXPECT_BEGINS(first("checkpoint_torn"), "view customer_summaries: event order_");
}

TEST_F(verify_store_test, a_keyed_view_is_checked_up_to_its_checkpoints_only) {
  // As a kill between commit and projection leaves it: behind the last event of the log, which is of no order.
  damage("UPDATE checkpoints SET position = position - 1 WHERE view = 'customer_summaries' AND shard = "
         "(SELECT shard FROM events ORDER BY global_position DESC LIMIT 1)");
  EXPECT_EQ(kinds(), "");
}

TEST_F(verify_store_test, an_event_deleted_by_hand_is_named_by_version_and_position) {
  damage("DELETE FROM events WHERE stream_id = 'order-12' AND version = 2");
  EXPECT_BEGINS(first("version_gap"), "stream order-12: wanted version 2, found 3");
  EXPECT_BEGINS(first("position_gap"), "shard ");
  EXPECT_BEGINS(first("row_differs"), "view order_views, row 12");
}

TEST_F(verify_store_test, a_position_skipped_by_hand_is_named) {
  damage("UPDATE events SET position = position + 1 WHERE stream_id = 'account-1' AND version = 26");
  EXPECT_BEGINS(first("position_gap"), "shard ");
  EXPECT_NE(first("position_gap").find("stream account-1 version 26"), std::string::npos);
}

TEST_F(verify_store_test, events_gone_at_the_end_of_a_shard_are_noticed_by_the_views) {
  damage("DELETE FROM events WHERE stream_id = 'account-1' AND version = 26");
  EXPECT_BEGINS(first("checkpoint_ahead"), "view ");
}

TEST_F(verify_store_test, a_payload_that_cant_be_read_is_named) {
  damage("UPDATE events SET payload = '{\"product_id\":5}' WHERE stream_id = 'order-12' AND version = 2");
  EXPECT_BEGINS(first("event_unreadable"), "event order_item_added, stream order-12 version 2, shard ");
}

TEST_F(verify_store_test, an_event_of_an_unknown_type_is_named) {
  damage("UPDATE events SET type = 'order_burnt' WHERE stream_id = 'order-12' AND version = 2");
  EXPECT_BEGINS(first("event_unreadable"), "event order_burnt, stream order-12 version 2");
}

TEST_F(verify_store_test, a_stream_of_an_aggregate_nobody_hosts_is_named) {
  damage("UPDATE events SET stream_id = 'stock-12' WHERE stream_id = 'order-12'");
  EXPECT_BEGINS(first("unknown_aggregate"), "event order_created, stream stock-12 version 1");
  EXPECT_BEGINS(first("row_extra"), R"(view order_views: found {"order_id":"12",)");
}

TEST_F(verify_store_test, a_command_made_to_look_torn_is_named) {
  damage("UPDATE events SET parts = 2 WHERE stream_id = 'order-12' AND version = 1");
  EXPECT_EQ(kinds(), "command_torn");
}

TEST_F(verify_store_test, a_snapshot_changed_by_hand_is_named) {
  damage("UPDATE snapshots SET state = replace(state, 'ada', 'eve')");
  EXPECT_EQ(kinds(), "snapshot_differs");
  EXPECT_BEGINS(first("snapshot_differs"), "snapshot of stream account-1 at version ");
}

TEST_F(verify_store_test, a_snapshot_of_a_version_the_stream_never_had_is_named) {
  damage("UPDATE snapshots SET version = 400");
  EXPECT_EQ(kinds(), "snapshot_ahead");
}

TEST_F(verify_store_test, a_snapshot_of_another_description_is_left_out) {
  damage("UPDATE snapshots SET description_hash = 1, state = 'nonsense'");
  const auto report = checked();
  EXPECT_TRUE(report.found.none());
  EXPECT_EQ(report.snapshots_skipped, 1u);
}

TEST_F(verify_store_test, rows_are_checked_up_to_the_checkpoint_only) {
  // As a kill between commit and projection leaves it: the view is behind, not wrong.
  damage("UPDATE account_views SET balance = 120, movements = 24, version = 25;"
         "UPDATE checkpoints SET position = position - 1 WHERE view = 'account_views' AND shard = "
         "(SELECT shard FROM events WHERE stream_id = 'account-1' LIMIT 1)");
  EXPECT_EQ(kinds(), "") << first("");
}

} // namespace
} // namespace stele::admin
