#include "persistence/row_codec.hpp"

namespace stele {

std::vector<column> columns_of(std::span<const described_column> columns) {
  std::vector<column> made;
  for (const auto& each : columns) made.push_back({std::string{each.name}, each.type, each.nullable});
  return made;
}

row_values to_values(const void* row, std::span<const described_column> columns) {
  row_values values;
  values.reserve(columns.size());
  for (const auto& each : columns) values.push_back(each.get(row));
  return values;
}

bool from_values(const row_values& values, void* row, std::span<const described_column> columns) {
  if (values.size() != columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!columns[i].set(row, values[i])) return false;
  return true;
}

} // namespace stele
