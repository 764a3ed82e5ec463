// What people read of an account.
#pragma once

#include "domain/account.hpp"
#include "domain/kernel/query.hpp"
#include "domain/kernel/view.hpp"

namespace account_view {

struct row {
  std::string account_id;
  std::string owner;
  stele::money balance;
  std::int64_t movements = 0;
  std::uint64_t version = 0;
};

inline row project(row r, const account::account_opened& e, const stele::envelope& at) {
  return {r.account_id, e.owner, r.balance, r.movements, at.version};
}

inline row project(row r, const account::deposited& e, const stele::envelope& at) {
  return {r.account_id, r.owner, r.balance + e.amount, r.movements + 1, at.version};
}

inline row project(row r, const account::withdrawn& e, const stele::envelope& at) {
  return {r.account_id, r.owner, r.balance - e.amount, r.movements + 1, at.version};
}

BOOST_DESCRIBE_STRUCT(row, (), (account_id, owner, balance, movements, version))

struct view : stele::view<"account_views", row, account::aggregate> {
  static constexpr std::array indexes{stele::columns(&row::owner)};
};

/// The accounts of one owner, the fullest first.
struct accounts_of_owner {
  std::string owner;
  std::optional<std::int64_t> page, page_size;
};

inline stele::selection<view> select(const accounts_of_owner& q) {
  return stele::selection<view>{}
      .where(&row::owner, stele::equal, q.owner)
      .order_by(&row::balance, stele::descending)
      .page(q.page, q.page_size);
}

BOOST_DESCRIBE_STRUCT(accounts_of_owner, (), (owner, page, page_size))

} // namespace account_view
