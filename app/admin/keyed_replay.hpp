// Folds the whole log anew, in its order, for the views with a key of their own, and holds their rows against it.
#pragma once

#include "app/admin/findings.hpp"
#include "app/admin/shard_replay.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stele::admin {

/// One keyed view under check. Memory: a row for each key, and a key for each stream.
class keyed_replay {
public:
  keyed_replay(checked_view& view, findings& found) : view_(view), found_(found) {}

  /// Takes events in the order of the whole store. Those behind the checkpoints are left out.
  void take(const recorded_event& it);

  /// After the last event: compares every row with the store's, and finds those too many.
  stored<done> compare_rows(view_store& rows);

private:
  bool is_folded(const recorded_event& it);
  std::optional<std::string> name_of(const recorded_event& it);
  std::optional<std::string> key_of(const recorded_event& it);
  void fold(const std::string& key, const recorded_event& it);
  void cant_fold(const recorded_event& it, const std::string& why);
  stored<done> compare_page(view_store& rows, const std::vector<std::string>& keys);
  stored<done> find_rows_too_many(view_store& rows);

  checked_view& view_;
  findings& found_;
  std::optional<recorded_event> left_out_;                              ///< The first event behind the checkpoints.
  std::unordered_map<std::string, std::optional<std::string>> origins_; ///< What the first events of streams name.
  std::map<std::string, std::optional<row_values>> rows_;
};

/// Reads the log in its one order and checks the views.
stored<done> check_keyed_views(store& storage, std::vector<checked_view>& views, findings& found);

} // namespace stele::admin
