#include "app/load/load_report.hpp"

#include "app/load/history_file.hpp"
#include "app/load/http_wire.hpp"
#include "app/load/load_command.hpp"
#include "app/load/load_text.hpp"
#include "app/load/svg_chart.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <regex>

namespace stele::load {
namespace {

load_result a_result() {
  load_result it;
  it.measured_s = 2;
  it.orders_checked = 12;
  for (int i = 1; i <= 1000; ++i) {
    it.measured.kinds[1].latency.add(i * 1000);
    it.measured.all.add(i * 1000);
    it.measured.from_sending.add(i * 500);
  }
  for (int i = 1; i <= 2; ++i) {
    second one;
    one.at_s = i;
    one.done_per_s = 500;
    one.p50_ns = 500'000;
    one.p99_ns = 990'000;
    one.max_ns = 1'000'000;
    one.lags = {{"order_views", 3, 1}};
    it.measured.seconds.push_back(one);
  }
  return it;
}

TEST(load_report, refers_to_nothing_outside_itself) {
  const auto page = report_html(a_result(), {}, "a test");
  EXPECT_EQ(page.find("http:"), std::string::npos);
  EXPECT_EQ(page.find("https:"), std::string::npos);
  EXPECT_FALSE(std::regex_search(page, std::regex("<(link|img|iframe)|src=|url\\(|@import")));
  EXPECT_NE(page.find("every answer right"), std::string::npos);
  EXPECT_NE(page.find("Lag of each view"), std::string::npos);
}

TEST(load_report, embeds_its_data_and_what_it_quotes_can_not_leave_its_place) {
  auto it = a_result();
  it.wrong.add("lost_write", "order </script><b>x</b>: gone");
  const auto page = report_html(it, {}, "<i>somewhere</i>");
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
  EXPECT_EQ(page.find("<i>somewhere"), std::string::npos);
  EXPECT_NE(page.find("wrong answers"), std::string::npos);
  const std::string begin = "<script id=data type=\"application/json\">";
  const auto at = page.find(begin) + begin.size();
  const auto data = boost::json::parse(page.substr(at, page.find("</script>", at) - at));
  EXPECT_EQ(data.at("wrong").at(0).at("first").as_string(), "order </script><b>x</b>: gone");
  EXPECT_EQ(data.at("seconds").as_array().size(), 2u);
}

TEST(load_report, a_run_without_a_single_answer_is_still_a_page) {
  EXPECT_NE(report_html({}, {}, "nowhere").find("</html>"), std::string::npos);
}

TEST(load_text, the_table_has_a_line_for_each_kind_that_was_there_and_the_sums) {
  const auto rows = kind_rows(a_result());
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1][0], "add");
  EXPECT_EQ(rows[1][1], "1,000");
  EXPECT_EQ(rows[1][2], "500");
  EXPECT_EQ(rows[1][8], "1.00 ms");
  EXPECT_EQ(rows[2][0], "all");
}

TEST(load_text, what_was_wrong_or_never_answered_is_not_clean) {
  auto it = a_result();
  EXPECT_TRUE(is_clean(it));
  it.measured.all.add(3'600'000'000'000);
  EXPECT_TRUE(is_clean(it)) << "slow is not wrong";
  it.unanswered = 1;
  EXPECT_FALSE(is_clean(it));
  it.unanswered = 0;
  it.wrong.add("wrong_total", "order 7");
  EXPECT_FALSE(is_clean(it));
  EXPECT_EQ(notes(it).back(), "there were WRONG answers");
}

TEST(load_text, times_have_three_digits) {
  EXPECT_EQ(in_time(0), "0.00 us");
  EXPECT_EQ(in_time(1'234), "1.23 us");
  EXPECT_EQ(in_time(12'345), "12.3 us");
  EXPECT_EQ(in_time(999'600), "1.00 ms");
  EXPECT_EQ(in_time(123'456'789), "123 ms");
  EXPECT_EQ(in_time(59'990'000'000), "60.0 s");
}

TEST(svg_chart, ticks_are_round_and_cover_the_range) {
  EXPECT_EQ(round_ticks(0, 9.3, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(round_ticks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(round_ticks(0, 1200, 5), (std::vector<double>{0, 500, 1000, 1500}));
}

TEST(load_command, durations_are_read_with_their_unit) {
  EXPECT_EQ(read_duration("20s"), 20);
  EXPECT_EQ(read_duration("20"), 20);
  EXPECT_EQ(read_duration("500ms"), 0.5);
  EXPECT_EQ(read_duration("2m"), 120);
  for (const auto* text : {"", "s", "-1s", "1h", "nan", "1 s"}) EXPECT_EQ(read_duration(text), std::nullopt) << text;
}

operation a_command(op_kind kind, std::string command, std::string body) {
  operation it;
  it.kind = kind;
  it.order_id = "7";
  it.command = std::move(command);
  it.body = std::move(body);
  it.key = hash_to_uuid("key");
  return it;
}

TEST(http_wire, commands_go_to_their_routes_with_their_key) {
  const auto create = to_http(a_command(op_kind::create, "create_order", R"({"customer_id":"ada"})"));
  EXPECT_EQ(create.method + ' ' + create.target + ' ' + create.body,
            R"(POST /orders {"order_id":"7","customer_id":"ada"})");
  EXPECT_EQ(create.key, to_string(hash_to_uuid("key")));
  EXPECT_EQ(to_http(a_command(op_kind::cancel, "cancel_order", "{}")).method, "DELETE");
}

TEST(http_wire, a_row_is_read_with_how_current_it_is) {
  operation it;
  it.order_id = "7";
  const auto row = from_http(it, 200,
                             R"({"order_id":"7","customer_id":"ada","status":"shipped","total_amount":19.98,)"
                             R"("item_count":2,"created_at":"2024-02-29T12:00:00.000Z","shipped_at":null,)"
                             R"("version":3,"token":"","stale":true,"lag_ms":4})");
  ASSERT_EQ(row.rows.size(), 1u);
  EXPECT_EQ(row.rows[0].total_amount, cents(1998));
  EXPECT_EQ(row.rows[0].status, order_view::status::shipped);
  EXPECT_TRUE(row.stale);
}

TEST(http_wire, what_is_not_understood_is_no_answer_of_the_business) {
  operation it;
  it.order_id = "7";
  EXPECT_EQ(from_http(it, 200, "<html>").refused->kind, refusal_kind::internal);
  EXPECT_EQ(from_http(it, 502, "bad gateway").refused->kind, refusal_kind::internal);
  EXPECT_EQ(from_http(it, 503, R"({"code":"shed","detail":"later"})").refused->code, "shed");
}

TEST(history_file, an_operation_is_a_line_with_all_a_checker_needs) {
  auto it = a_command(op_kind::add, "add_order_item", R"({"product_id":"p1"})");
  it.number = 4;
  it.intended_ns = 1'000;
  it.sent_ns = 2'000;
  answer how;
  how.version = 2;
  how.shard = 5;
  how.position = 9;
  how.repeated = false;
  const auto line = boost::json::parse(history_line(3, it, how, 7'000));
  EXPECT_EQ(line.at("client"), 3);
  EXPECT_EQ(line.at("stream").as_string(), "order-7");
  EXPECT_EQ(line.at("invoked_us"), 2);
  EXPECT_EQ(line.at("completed_us"), 7);
  EXPECT_EQ(line.at("outcome").as_string(), "ok");
  EXPECT_EQ(line.at("position"), 9);
  EXPECT_EQ(line.at("body").at("product_id").as_string(), "p1");
  EXPECT_EQ(boost::json::parse(history_line(3, it, how, 0)).at("outcome").as_string(), "unanswered");
}

} // namespace
} // namespace stele::load
