// The tables of views in a simulated database.
#pragma once

#include "persistence/view_store.hpp"

#include <map>
#include <string>
#include <vector>

namespace stele::kit {

/// Tables as the database has them, one generation each; what one statement does is done at once.
class simulated_tables {
public:
  explicit simulated_tables(std::uint32_t shards) : shards_(shards) {}

  struct table {
    std::map<std::string, row_values> rows; ///< By key.
    std::vector<shard_position> checkpoints;
  };

  table& of(const std::string& view) {
    table& it = tables_[view];
    it.checkpoints.resize(shards_);
    return it;
  }

  static bool stands(const table& in, const checkpoint_move& move) { return in.checkpoints[move.shard] == move.from; }

private:
  std::uint32_t shards_;
  std::map<std::string, table> tables_;
};

} // namespace stele::kit
