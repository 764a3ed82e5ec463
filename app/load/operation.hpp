// One thing a client of a load does, and what it is told.
#pragma once

#include "actors/refusal.hpp"
#include "actors/token.hpp"
#include "domain/order_view.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::load {

enum class op_kind : std::uint8_t {
  create,
  add,
  cancel,
  ship,
  look_up,       ///< The row of an order.
  look_up_token, ///< The same with the token of the last command of that order.
  list,          ///< The orders of the client.
  list_token,    ///< The same with everything the client wrote.
  search,
  retry ///< A command again, with its key.
};

/// In the order of the enumeration, as `--mix` and reports name them.
inline constexpr std::array<std::string_view, 10> op_kind_names = {
    "create", "add", "cancel", "ship", "look-up", "look-up-token", "list", "list-token", "search", "retry"};

inline std::string_view to_string(op_kind kind) { return op_kind_names[static_cast<std::size_t>(kind)]; }

/// What is sent. Commands have a `command`; look-ups an order; lists a customer; a search the text it looks for.
struct operation {
  std::uint64_t number = 0; ///< Of its client.
  op_kind kind = op_kind::look_up;
  std::string order_id, customer_id, text;
  std::string command; ///< As `create_order`; empty: a query.
  std::string body;    ///< JSON object.
  uuid key;            ///< Command id.
  token after;
  std::int64_t intended_ns = 0; ///< By the schedule; steady clock.
  std::int64_t sent_ns = 0;
};

/// What came back: a refusal, or the place of a command, or rows.
struct answer {
  std::optional<refusal> refused;
  stream_version version = 0;
  shard_number shard = 0;
  shard_position position = 0;
  std::optional<bool> repeated; ///< Nothing where the door does not say.
  std::vector<order_view::row> rows;
  std::uint64_t total = 0; ///< Of a list.
  bool stale = false;
  token at;
};

/// The rows of a list are one page of this size.
inline constexpr std::uint32_t page_size = 20;

} // namespace stele::load
