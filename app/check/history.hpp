// What clients did and were told, as one load wrote it, in memory and by stream.
#pragma once

#include "app/check/grouping.hpp"
#include "app/check/model.hpp"
#include "app/check/told_tokens.hpp"

#include <limits>
#include <string>
#include <unordered_map>

namespace stele::check {

inline constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// How an operation ended.
enum class outcome : std::uint8_t {
  ok,
  stale,    ///< Rows, said to be older than was asked for.
  rejected, ///< The state of the aggregate said no.
  by_rule,  ///< It is not there, or what was sent is never acceptable.
  passing,  ///< Refused for a while: no effect.
  reused,   ///< The key had another body before.
  bad_token,
  other_history,
  unknown ///< Nobody knows, or nobody answered.
};

/// A line of the history. A command sent again is an operation of its own.
struct operation {
  std::uint64_t number = 0; ///< Of its client.
  std::int64_t invoked = 0, completed = never;
  std::uint32_t client = 0, line = 0;
  outcome how = outcome::unknown;
  bool list = false;                  ///< A query for rows of many streams.
  std::int8_t repeated = -1;          ///< 0, 1; -1: not said.
  std::uint16_t kind = 0, code = 0;   ///< Of `history::words`.
  std::uint32_t command = nothing;    ///< A query has none.
  std::uint32_t stream = nothing;     ///< Looked up.
  std::uint32_t asked = nothing;      ///< Of `history::deeds`.
  std::uint32_t next = nothing;       ///< Operation with the same command.
  std::uint32_t customer = nothing;   ///< Whose orders were listed, of `history::customers`.
  std::uint32_t row = 0, rows = 0;    ///< The first, and how many.
  std::uint32_t after = 0, token = 0; ///< Sent and got; 0: none.
  std::uint32_t shard = 0;
  std::uint64_t version = 0, position = 0;
  std::uint64_t total = 0; ///< Rows there are, of a list.
};

/// A command id in a stream, and all operations that sent it.
struct told_command {
  uuid key;
  std::uint32_t stream = 0, first = nothing, last = nothing; ///< Operations, in the order of the file.
};

/// A row in an answer. Version 0: a look-up found none.
struct seen_row {
  std::uint32_t stream = 0, operation = 0;
  std::uint64_t version = 0;
  state shows;
};

struct history {
  std::vector<operation> operations;
  std::vector<told_command> commands;
  std::vector<deed> deeds;
  std::vector<seen_row> rows;
  std::vector<std::string> streams, words;
  std::vector<std::uint64_t> customers; ///< Hashes.
  told_tokens tokens;
  std::unordered_map<std::string, std::uint32_t> stream_numbers;
  std::unordered_map<std::string, std::uint16_t> word_numbers;
  std::unordered_map<std::uint64_t, std::uint32_t> customer_numbers;
  std::unordered_multimap<uuid, std::uint32_t> command_numbers;
  grouping commands_of, rows_of; ///< By stream.
  std::uint32_t cut_line = 0;    ///< The last line, when it is cut short; it is left out.

  std::uint32_t stream(const std::string& name);
  std::uint16_t word(const std::string& text);
  std::uint32_t customer(std::uint64_t hash);
  std::uint32_t command(const uuid& key, std::uint32_t stream);
  void index(); ///< When all is read.
};

/// `client 3, operation 17 (line 88, add)`.
std::string name_of(const history& told, const operation& it);

} // namespace stele::check
