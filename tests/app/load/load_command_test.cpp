#include "app/load/load_command.hpp"

#include "app/http/routes.hpp"
#include "tests/app/load/served_shop.hpp"

#include <fstream>

namespace stele::load {
namespace {

load_options against(const served_shop& shop) {
  load_options it;
  it.nodes = {shop.http()};
  it.load.actors = 4;
  it.load.rate = 200;
  it.duration = "200ms";
  it.warm_up = "0";
  EXPECT_EQ(complete(it), std::nullopt);
  return it;
}

// Answers every look-up with the row of an order nobody made.
void lie(http::routes& table, node&, const http_settings&) {
  table.add("GET", "/orders/{id}", [](const http::request& it, const http::reply& answer) {
    http::response out;
    out.body = R"({"order_id":")" + it.parameter("id") +
               R"(","customer_id":"nobody","status":"pending","total_amount":0.00,"item_count":1,)" +
               R"("created_at":"2024-02-29T12:00:00.000Z","shipped_at":null,"version":1,"token":"","stale":false})";
    answer(std::move(out));
  });
}

TEST(load_command, ends_with_0_when_every_answer_was_right_and_writes_what_it_is_asked_for) {
  served_shop shop;
  const temporary_folder folder;
  auto it = against(shop);
  it.report = folder.file("load.html");
  it.history = folder.file("h.jsonl");
  EXPECT_EQ(run_load_command(it, in_memory(), shop.hosted()), 0);
  EXPECT_GT(std::filesystem::file_size(it.report), 5'000u);
  EXPECT_GT(std::filesystem::file_size(it.history), 1'000u);
  EXPECT_EQ(run_load_command(it, in_memory(), shop.hosted()), 1) << "the history is there already";
}

TEST(load_command, ends_with_1_when_the_node_lies) {
  served_shop shop(lie);
  EXPECT_EQ(run_load_command(against(shop), in_memory(), shop.hosted()), 1);
}

TEST(load_command, ends_with_1_when_nobody_listens) {
  load_options it;
  it.nodes = {{"127.0.0.1", 1}};
  EXPECT_EQ(complete(it), std::nullopt);
  EXPECT_EQ(run_load_command(it, in_memory(), {}), 1);
}

} // namespace
} // namespace stele::load
