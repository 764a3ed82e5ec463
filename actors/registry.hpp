// Everything a node hosts, in one list that never changes once the node runs.
#pragma once

#include "actors/aggregate_type.hpp"
#include "actors/view_type.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace stele {

/// The aggregates, views and queries of a program.
struct registry {
  std::vector<std::shared_ptr<const aggregate_type>> aggregates;
  std::vector<std::shared_ptr<const view_type>> views;
  std::vector<std::shared_ptr<const query_type>> queries;

  /// Null when nothing has that name.
  const aggregate_type* aggregate(std::string_view name) const;
  const view_type* view(std::string_view name) const;
  const query_type* query(std::string_view name) const;
};

} // namespace stele
