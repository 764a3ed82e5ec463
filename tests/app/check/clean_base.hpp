// The clean history that the broken ones are made of.
#pragma once

#include "tests/app/check/told_world.hpp"

namespace stele::check {

inline const std::string pen = R"({"product_id":"pen","quantity":2,"price":1})";
inline const std::string ink = R"({"product_id":"ink","quantity":1,"price":3})";
inline const std::string ada_buys =
    R"({"customer_id":"ada","items":[)" + pen + R"(],"shipping_address":{"city":"Turin"}})";
inline const std::string bob_buys = R"({"customer_id":"bob","items":[)" + ink + R"(],"shipping_address":{}})";

inline std::string order_row(const std::string& id, const std::string& customer, int version, int lines, int cents,
                             const std::string& status) {
  return R"({"order_id":")" + id + R"(","customer_id":")" + customer + R"(","version":)" + std::to_string(version) +
         R"(,"item_count":)" + std::to_string(lines) + R"(,"total_cents":)" + std::to_string(cents) + R"(,"status":")" +
         status + "\"}";
}

inline std::string account_row(const std::string& id, int version, int movements, int cents) {
  return R"({"account_id":")" + id + R"(","owner":"ada","version":)" + std::to_string(version) + R"(,"movements":)" +
         std::to_string(movements) + R"(,"balance_cents":)" + std::to_string(cents) + "}";
}

inline std::string order_state(const std::string& customer, const std::string& status, const std::string& total) {
  return R"({"status":")" + status + R"(","customer_id":")" + customer + R"(","total_amount":)" + total +
         R"(,"items":[)" + pen + "," + ink + R"(],"shipping_address":{},"reason":null})";
}

/// Ada (client 1) makes order 1, adds to it, ships it; Bob (client 2) makes order 2. One thing after the other, so that
/// only one answer is right each time.
inline told_world clean_base() {
  told_world it;
  it.done("create", 1, "order-1", "create_order", ada_buys, {10, 20});
  it.look_up("look at 1", 2, "order-1", order_row("1", "ada", 1, 1, 200, "pending"), {21, 22});
  it.done("add", 1, "order-1", "add_order_item", ink, {30, 40});
  it.done("add more", 1, "order-1", "add_order_item", pen, {50, 60});
  it.look_up("look at 3", 2, "order-1", order_row("1", "ada", 3, 3, 700, "pending"), {61, 62});
  it.again("add again", "add", 1, {70, 80});
  it.done("ship", 1, "order-1", "ship_order", "{}", {90, 100});
  it.refused("too late", 2, "order-1", "add_order_item", pen, {110, 120}, "rejected", "already_shipped");
  it.look_up("look at 4", 1, "order-1", order_row("1", "ada", 4, 3, 700, "shipped"), {121, 122});
  it.line("look at 4")["after"] = it.token("ship");
  it.list("list of ada", 1, "ada", order_row("1", "ada", 4, 3, 700, "shipped"), {123, 124});
  it.list("list of nobody yet", 2, "bob", "", {125, 126});
  it.done("create 2", 2, "order-2", "create_order", bob_buys, {130, 140});
  it.list("list of bob", 2, "bob", order_row("2", "bob", 1, 1, 300, "pending"), {150, 160});
  it.line("list of bob")["after"] = it.token("create 2");
  it.refused("shed", 2, "order-2", "add_order_item", pen, {161, 162}, "overloaded", "shed");
  it.refused("bad", 2, "order-2", "add_order_item", R"({"product_id":"pen","quantity":0,"price":1})", {163, 164},
             "invalid", "bad_quantity");
  it.done("cancel 2", 2, "order-2", "cancel_order", R"({"reason":"late"})", {165, 170});
  it.list("list of bob again", 2, "bob", order_row("2", "bob", 2, 1, 300, "cancelled"), {171, 175});
  it.refused("no such", 1, "order-3", "ship_order", "{}", {176, 178}, "not_found", "unknown_order");
  it.look_up("look at nothing", 1, "order-3", "", {179, 180});
  it.done("open", 1, "account-1", "open_account", R"({"owner":"ada"})", {200, 210});
  it.done("deposit", 1, "account-1", "deposit", R"({"amount":5})", {220, 230});
  it.refused("too much", 1, "account-1", "withdraw", R"({"amount":6})", {240, 250}, "rejected", "not_enough");
  it.look_up("balance", 1, "account-1", account_row("1", 2, 1, 500), {251, 252});
  it.done("withdraw", 1, "account-1", "withdraw", R"({"amount":4})", {260, 270});
  it.keep("order-1", 2, order_state("ada", "pending", "5.00"));
  it.keep("account-1", 3, R"({"open":true,"owner":"ada","balance":1.00})");
  return it;
}

} // namespace stele::check
