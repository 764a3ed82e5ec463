#include "app/check/model.hpp"

#include <algorithm>
#include <array>

namespace stele::check {

namespace {

constexpr std::int64_t amount_max = std::int64_t{1} << 53;

constexpr std::array<std::string_view, 16> rules = {
    "empty_customer_id", "empty_order",   "empty_product_id", "bad_quantity",      "bad_price",    "total_too_large",
    "order_exists",      "unknown_order", "already_shipped",  "already_cancelled", "empty_reason", "empty_owner",
    "account_exists",    "bad_amount",    "not_enough",       "unknown_account"};

verdict refuse(std::string_view code) { return {code, false}; }

verdict decide_order(const state& now, const deed& asked) {
  if (asked.what == verb::create_order) return now.at == stage::none ? verdict{} : refuse("order_exists");
  if (now.at == stage::none) return refuse("unknown_order");
  if (now.at == stage::shipped) return refuse("already_shipped");
  if (now.at == stage::cancelled) return refuse("already_cancelled");
  if (asked.what == verb::add_item && asked.cents > amount_max - now.cents) return refuse("total_too_large");
  return {};
}

verdict decide_account(const state& now, const deed& asked) {
  if (asked.what == verb::open_account) {
    if (now.at == stage::none) return {};
    return now.who == asked.who ? verdict{{}, false} : refuse("account_exists");
  }
  if (now.at == stage::none) return refuse("unknown_account");
  if (asked.what == verb::withdraw) return asked.cents > now.cents ? refuse("not_enough") : verdict{};
  return asked.cents > amount_max - now.cents ? refuse("balance_too_large") : verdict{};
}

} // namespace

verdict decide(const state& now, const deed& asked) {
  if (!asked.fault.empty()) return refuse(asked.fault);
  const bool account = asked.what >= verb::open_account;
  if (now.at != stage::none && account != (now.at == stage::open)) return refuse("of_another_aggregate");
  return account ? decide_account(now, asked) : decide_order(now, asked);
}

state after(state now, const deed& happened) {
  switch (happened.what) {
  case verb::create_order:
    return {stage::pending, happened.cents, happened.lines, happened.who};
  case verb::add_item:
    now.cents += happened.cents;
    ++now.count;
    return now;
  case verb::cancel_order:
    now.at = stage::cancelled;
    return now;
  case verb::ship_order:
    now.at = stage::shipped;
    return now;
  case verb::open_account:
    now.at = stage::open;
    now.who = happened.who;
    return now;
  case verb::deposit:
  case verb::withdraw:
    now.cents += happened.what == verb::deposit ? happened.cents : -happened.cents;
    ++now.count;
    return now;
  case verb::other:
    break;
  }
  return now;
}

bool is_rule(std::string_view code) {
  return code == "balance_too_large" || std::find(rules.begin(), rules.end(), code) != rules.end();
}

std::string_view to_string(stage it) {
  constexpr std::array<std::string_view, 5> names = {"not there", "pending", "shipped", "cancelled", "open"};
  return names[static_cast<std::size_t>(it)];
}

} // namespace stele::check
