// Accounts: money comes in, and goes out while there is enough.
#pragma once

#include "domain/kernel/aggregate.hpp"

#include <string>

namespace account {

// clang-format off
// Commands: what may be asked.
struct open_account { std::string owner; };
struct deposit { stele::money amount; };
struct withdraw { stele::money amount; };
using command = std::variant<open_account, deposit, withdraw>;

// Events: what became true.
struct account_opened { std::string owner; };
struct deposited { stele::money amount; };
struct withdrawn { stele::money amount; };
using event = std::variant<account_opened, deposited, withdrawn>;

// State: only what the rules below need to know.
struct state { bool open = false; std::string owner; stele::money balance; };
// clang-format on

using decision = stele::decision<event>;

inline constexpr stele::money amount_max = stele::cents(100'000'000'000);

constexpr bool is_amount(stele::money amount) { return amount > stele::money{} && amount <= amount_max; }

inline stele::denial bad_amount() {
  return stele::invalid("bad_amount", "An amount is 0.01 to 1000000000.", "/amount");
}

inline stele::denial unknown_account() {
  return stele::not_found("unknown_account", "There is no account with this id; open it first.");
}

// Rules: one `decide` for each command.

inline decision decide(const state& s, const open_account& c) {
  if (c.owner.empty()) return stele::invalid("empty_owner", "An account needs an owner; found an empty one.", "/owner");
  if (s.open && s.owner == c.owner) return stele::no_change; // Opened by the same owner: what was asked is so.
  if (s.open) return stele::reject("account_exists", "An account with this id exists already; choose another id.");
  return account_opened{c.owner};
}

inline decision decide(const state& s, const deposit& c) {
  if (!is_amount(c.amount)) return bad_amount();
  if (!s.open) return unknown_account();
  if (s.balance + c.amount > stele::money_max)
    return stele::reject("balance_too_large", "A balance is at most 2^53 cents (90071992547409.92).");
  return deposited{c.amount};
}

inline decision decide(const state& s, const withdraw& c) {
  if (!is_amount(c.amount)) return bad_amount();
  if (!s.open) return unknown_account();
  if (c.amount > s.balance) return stele::reject("not_enough", "The account doesn't hold that much.");
  return withdrawn{c.amount};
}

// History: one `evolve` for each event.
inline state evolve(state s, const account_opened& e) { return {true, e.owner, s.balance}; }
inline state evolve(state s, const deposited& e) { return {s.open, std::move(s.owner), s.balance + e.amount}; }
inline state evolve(state s, const withdrawn& e) { return {s.open, std::move(s.owner), s.balance - e.amount}; }

BOOST_DESCRIBE_STRUCT(open_account, (), (owner))
BOOST_DESCRIBE_STRUCT(deposit, (), (amount))
BOOST_DESCRIBE_STRUCT(withdraw, (), (amount))
BOOST_DESCRIBE_STRUCT(account_opened, (), (owner))
BOOST_DESCRIBE_STRUCT(deposited, (), (amount))
BOOST_DESCRIBE_STRUCT(withdrawn, (), (amount))
BOOST_DESCRIBE_STRUCT(state, (), (open, owner, balance))

using aggregate = stele::aggregate<"account", state, command, event>;

} // namespace account
