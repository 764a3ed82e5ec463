// The rules of orders and accounts written a second time, so that a check does not repeat a mistake of the first.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stele::check {

/// What a command asks for, and what its event says has happened.
enum class verb : std::uint8_t {
  other,
  create_order,
  add_item,
  cancel_order,
  ship_order,
  open_account,
  deposit,
  withdraw
};

/// A command's body or an event's payload, down to what the rules look at. Amounts are cents.
struct deed {
  verb what = verb::other;
  std::string_view fault;   ///< Code of what is wrong with it in any state; empty: nothing.
  std::uint32_t lines = 0;  ///< Of an order.
  std::int64_t cents = 0;   ///< What it adds or takes.
  std::uint64_t who = 0;    ///< Hash of the customer or the owner.
  std::uint64_t digest = 0; ///< Of everything in it.

  friend bool operator==(const deed& a, const deed& b) { return a.what == b.what && a.digest == b.digest; }
};

enum class stage : std::uint8_t { none, pending, shipped, cancelled, open };

/// An order or an account after some version.
struct state {
  stage at = stage::none;
  std::int64_t cents = 0;  ///< Total or balance.
  std::uint64_t count = 0; ///< Lines or movements.
  std::uint64_t who = 0;
};

/// What the rules say of a deed in a state: refused with a code, or done, with an event or without.
struct verdict {
  std::string_view code;
  bool changes = true;
};

verdict decide(const state& now, const deed& asked);
state after(state now, const deed& happened);

/// Whether the rules know this refusal.
bool is_rule(std::string_view code);

std::string_view to_string(stage it);

/// From the name of a command or of an event, and its JSON. Of other names `verb::other`; `fault` is `unreadable` when
/// the JSON has another form.
deed read_deed(std::string_view name, std::string_view json);

/// `12`, `12.3`, `-12.30`: exactly, digit by digit; nothing for more than two digits that count after the point.
std::optional<std::int64_t> cents_of(std::string_view number);

} // namespace stele::check
