// The tables of views in a simulated database, generation by generation.
#pragma once

#include "persistence/view_store.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// Tables as the database has them; what one statement does is done at once.
class simulated_tables {
public:
  explicit simulated_tables(std::uint32_t shards) : shards_(shards) {}

  struct table {
    std::uint32_t version = 1;              ///< Of the view it was made for.
    std::map<std::string, row_values> rows; ///< By key.
    std::vector<shard_position> checkpoints;
  };

  struct view {
    std::uint32_t serving = 1, last = 1;
    std::optional<std::uint32_t> next; ///< Being rebuilt.
    std::map<std::uint32_t, table> generations;
  };

  /// Made when it is not there; half a rebuild for another version is dropped.
  view& open(const std::string& name, std::uint32_t version) {
    const auto [at, fresh] = views_.try_emplace(name);
    view& it = at->second;
    if (fresh) it.generations.emplace(1, empty(version));
    if (it.next && it.generations.at(*it.next).version != version) drop_next(it);
    return it;
  }

  view* find(const std::string& name) {
    const auto found = views_.find(name);
    return found == views_.end() ? nullptr : &found->second;
  }

  /// The table that serves; null: nobody has opened the view.
  const table* serving(const std::string& name) {
    const view* it = find(name);
    return it == nullptr ? nullptr : &it->generations.at(it->serving);
  }

  /// Exactly that one; null: it is gone.
  table* exactly(const view_table& it) {
    auto& all = views_.at(it.view).generations;
    const auto found = all.find(it.generation);
    return found == all.end() ? nullptr : &found->second;
  }

  /// For readers: one that was replaced reads as the one that serves.
  table* readable(const view_table& it) {
    view& of = views_.at(it.view);
    if (table* found = exactly(it)) return found;
    return it.generation < of.serving ? &of.generations.at(of.serving) : nullptr;
  }

  std::uint32_t begin(view& it, std::uint32_t version) const {
    if (it.next) drop_next(it);
    it.next = ++it.last;
    it.generations.emplace(it.last, empty(version));
    return it.last;
  }

  static void swap_in(view& it) {
    it.generations.erase(it.serving);
    it.serving = *std::exchange(it.next, {});
  }

  static void drop_next(view& it) { it.generations.erase(*std::exchange(it.next, {})); }

  static bool stands(const table& in, const checkpoint_move& move) { return in.checkpoints[move.shard] == move.from; }

private:
  table empty(std::uint32_t version) const { return {version, {}, std::vector<shard_position>(shards_)}; }

  std::uint32_t shards_;
  std::map<std::string, view> views_;
};

} // namespace stele::kit
