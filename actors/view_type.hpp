// What the runtime must know of one view and of one query, with their C++ types taken away.
#pragma once

#include "actors/refusal.hpp"
#include "persistence/recorded_event.hpp"
#include "persistence/view_store.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace stele {

/// Which row an event belongs to, in a view whose key is not the stream id. Immutable, shared, pure.
class event_keys {
public:
  virtual ~event_keys() = default;

  /// True when the view folds it.
  virtual bool wants(const recorded_event& event) const = 0;

  /// True when it names its row itself; else it belongs to the row that the first event of its stream names.
  virtual bool names(const recorded_event& event) const = 0;

  /// The key it names; nothing when it says that it belongs to no row. Fails with `corrupt` when it names none or can't
  /// be read; throws whatever the author's `key_of` throws.
  virtual stored<std::optional<std::string>> key_in(const recorded_event& event) const = 0;
};

/// One view. Immutable, shared, pure.
class view_type {
public:
  virtual ~view_type() = default;

  virtual const view_definition& definition() const = 0;
  std::string_view name() const { return definition().schema.name; }

  /// Null when the key of a row is the id of its stream, so that shards are folded by themselves; else the whole store
  /// is folded in its one order.
  virtual const event_keys* keys() const { return nullptr; }

  /// Folds events of ONE key, ascending, into its row (nothing: there is none yet). Events the view doesn't care about
  /// change nothing. Answers the final row, or nothing while no event made one. Fails with `corrupt` and names the
  /// event that can't be read; throws whatever the author's `project` throws.
  virtual stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                                 std::span<const recorded_event* const> events) const = 0;
};

/// What a query selects, and how old its answer may be.
struct planned_query {
  row_selection selection;
};

/// One registered query. Immutable, shared, pure.
class query_type {
public:
  virtual ~query_type() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view view() const = 0;
  virtual std::int64_t acceptable_lag_ms() const = 0; ///< 5000 unless declared.
  virtual std::vector<std::string> parameters() const = 0;

  /// Reads parameters (a JSON object; strict) and plans the selection. `text_values`: numbers and booleans may stand as
  /// strings, as in a URL.
  virtual std::variant<planned_query, refusal> plan(std::string_view parameters_json, bool text_values) const = 0;
};

} // namespace stele
