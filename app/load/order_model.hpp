// What an order must look like, computed from the commands its one client sent and the answers it got.
#pragma once

#include "app/load/operation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stele::load {

/// Something that must not happen: a word, and what was wanted and found.
struct wrong {
  std::string kind;
  std::string what;
};

/// What a command does to an order.
struct order_effect {
  std::int64_t cents = 0;                  ///< What it adds to the total.
  std::optional<order_view::status> ended; ///< Cancelled or shipped: nothing comes after it.
};

/// One order. Every command of it comes from one client, so that its row at each version can be computed: exactly where
/// all commands up to there are acknowledged, else as a range over those that are open. Knows no clock and no thread.
class order_model {
public:
  order_model(std::string id, std::string customer, std::int64_t lines, std::int64_t cents);

  const std::string& id() const { return id_; }

  // Commands after the creation. Each is sent, then either acknowledged or taken back (it has no effect, ever); one
  // whose outcome is unknown just stays open. The creation is open when the model is made.
  void sent(const order_effect& it);
  std::optional<wrong> acknowledged(const order_effect& it, stream_version version, stream_version above);
  void taken_back(const order_effect& it);
  std::optional<wrong> created(stream_version version);
  void not_created() { failed_ = true; }

  /// Compares a row. `at_least`: versions the answer had to hold.
  std::optional<wrong> check(const order_view::row& row, stream_version at_least) const;

  /// The row was answered, so its version exists.
  void saw(stream_version version);

  bool known() const { return created_; } ///< The creation is acknowledged.
  bool failed() const { return failed_; }
  bool ending() const { return ending_.has_value(); } ///< A command that ends it was sent and not taken back.
  bool ended() const { return ended_at_ != 0; }
  std::uint64_t commands() const { return sent_; }
  std::size_t open() const { return open_cents_.size(); }
  stream_version seen() const { return seen_; } ///< The greatest version in any answer so far.

  stream_version acknowledged_upto() const { return acknowledged_; } ///< What `written` speaks of.

  token written; ///< Of the acknowledged commands: a look-up with it shows all of them.

private:
  std::optional<wrong> complain(const char* kind, const std::string& what) const;
  std::optional<wrong> check_status(const order_view::row& row) const;
  std::optional<wrong> check_total(const order_view::row& row) const;
  bool settles(stream_version version) const;

  std::string id_, customer_;
  std::int64_t lines_;                   ///< Of the creation.
  std::vector<std::int64_t> cents_at_;   ///< By version - 1: what that command added; `unknown` until acknowledged.
  std::vector<std::int64_t> open_cents_; ///< Commands that may or may not have an effect, but for an end.
  std::optional<order_view::status> ending_;
  stream_version ended_at_ = 0, seen_ = 0, acknowledged_ = 0;
  std::uint64_t sent_ = 1;
  bool created_ = false, failed_ = false;
};

} // namespace stele::load
