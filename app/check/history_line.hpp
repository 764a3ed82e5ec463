// One line of a history, taken apart.
#pragma once

#include "app/check/history.hpp"
#include "app/check/json_reader.hpp"

#include <optional>

namespace stele::check {

/// Reads lines into a history, one after the other.
class history_line {
public:
  explicit history_line(history& to) : to_(to) {}

  /// What was wanted, when the line can't be read; then nothing of it is kept.
  std::optional<std::string> read(std::string_view text, std::uint32_t number);

private:
  struct fields;

  bool member(fields& it, std::string_view name);
  bool text(std::string& to, bool& has);
  bool number(std::uint64_t& to, bool& has);
  bool rows(fields& it);
  bool row(fields& it);
  std::optional<std::string> token(const std::string& text, std::uint32_t& to);
  std::optional<std::string> check(const fields& it) const;
  std::optional<std::string> keep(fields& it, std::uint32_t number);
  std::optional<std::string> keep_command(const fields& it, operation& out);
  void keep_rows(const fields& it, operation& out);

  history& to_;
  json_reader in_{{}};
};

} // namespace stele::check
