// Folds the events of one shard anew and holds the rows of the views against them.
#pragma once

#include "actors/registry.hpp"
#include "app/admin/findings.hpp"
#include "persistence/view_store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace stele::admin {

/// A view under check.
struct checked_view {
  const view_type* type = nullptr;
  view_table table;
  std::vector<shard_position> checkpoints; ///< Indexed by shard.
  std::uint64_t rows = 0;                  ///< Found in the store where events say that there is one.
};

/// States and rows of the streams of one shard, made from its events.
class shard_replay {
public:
  shard_replay(shard_number shard, const registry& hosted, std::vector<checked_view>& views, findings& found)
      : shard_(shard), hosted_(hosted), views_(views), found_(found) {}

  void take(const recorded_event& it);

  /// After the last event: compares every row with the store's.
  stored<done> compare_rows(view_store& rows);

private:
  struct stream {
    std::unique_ptr<any_state> state;            ///< Null: an event could not be read.
    std::vector<std::optional<row_values>> rows; ///< For each view under check.
    stream_version version = 0;
  };
  using keyed = std::vector<std::pair<const std::string*, const stream*>>;

  stream& stream_of(const recorded_event& it);
  void fold(std::optional<row_values>& row, const view_type& view, const recorded_event& it);
  stored<done> compare_rows(view_store& rows, std::size_t view);
  stored<done> compare_page(view_store& rows, std::size_t view, const keyed& page);
  void compare_row(std::size_t view, const std::string& stream_id, const stream& expected,
                   const std::optional<row_values>& found);

  shard_number shard_;
  const registry& hosted_;
  std::vector<checked_view>& views_;
  findings& found_;
  std::unordered_map<std::string, stream> streams_;
};

} // namespace stele::admin
