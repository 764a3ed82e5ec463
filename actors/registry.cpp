#include "actors/registry.hpp"

namespace stele {

namespace {

template <class Types>
auto find(const Types& types, std::string_view name) -> decltype(types.front().get()) {
  for (const auto& type : types)
    if (type->name() == name) return type.get();
  return nullptr;
}

} // namespace

const aggregate_type* registry::aggregate(std::string_view name) const { return find(aggregates, name); }
const view_type* registry::view(std::string_view name) const { return find(views, name); }
const query_type* registry::query(std::string_view name) const { return find(queries, name); }

} // namespace stele
