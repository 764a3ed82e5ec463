#include "actors/hosted_view.hpp"

#include "persistence/description.hpp"

#include <stdexcept>

namespace stele {

namespace {

std::vector<std::string> names_of_columns(const column_list& list) {
  return {list.names.begin(), list.names.begin() + static_cast<std::ptrdiff_t>(list.count)};
}

std::uint64_t hash_of(const table_schema& schema) {
  std::string text = schema.name;
  for (const auto& column : schema.columns)
    text += ',' + column.name + ':' + std::to_string(static_cast<int>(column.type)) + (column.nullable ? "?" : "");
  for (const auto& index : schema.indexes) {
    text += ';';
    for (const auto& name : index) text += name + ',';
  }
  return description_hash_of(text);
}

} // namespace

envelope envelope_of(const recorded_event& event) {
  return {id_of(event.stream_id), event.version, timestamp::from_unix_ms(event.recorded_at)};
}

view_host::view_host(std::string_view name, std::uint32_t version, std::string_view aggregate,
                     std::span<const described_column> columns, std::span<const column_list> indexes,
                     std::vector<projection_rule> rules)
    : columns_(columns), rules_(std::move(rules)) {
  definition_.schema.name = name;
  definition_.schema.columns = columns_of(columns);
  for (const auto& index : indexes) definition_.schema.indexes.push_back(names_of_columns(index));
  definition_.aggregate = aggregate;
  definition_.version = version;
  definition_.description_hash = hash_of(definition_.schema);
}

const projection_rule* view_host::rule_of(const recorded_event& event) const {
  for (const auto& rule : rules_)
    if (rule.form.name == event.type && rule.aggregate == aggregate_of(event.stream_id)) return &rule;
  return nullptr;
}

stored<done> view_host::project(void* row, const projection_rule& rule, const recorded_event& event) const {
  const envelope at = envelope_of(event);
  return read_event(event, rule.form, [&rule, row, &at](const json_node& body, json_reading& how) {
    return rule.project(row, body, at, how);
  });
}

stored<std::optional<row_values>> view_host::fold_into(void* blank, std::string_view key_of_row,
                                                       const std::optional<row_values>& row,
                                                       std::span<const recorded_event* const> events) const {
  bool exists = row.has_value();
  if (exists && !from_values(*row, blank, columns_))
    return store_error{store_fault::corrupt,
                       "a row of " + definition_.schema.name + " can't be read by its description; rebuild the view"};
  const field_value key = std::string{key_of_row};
  for (const recorded_event* event : events) {
    const projection_rule* rule = rule_of(*event);
    if (rule == nullptr) continue;
    if (!exists) {
      columns_[0].set(blank, key);
      exists = true;
    }
    if (auto projected = project(blank, *rule, *event); !projected) return projected.error();
  }
  if (!exists) return std::optional<row_values>{};
  row_values values = to_values(blank, columns_);
  if (values.front() != key)
    throw std::logic_error{"a projection of " + definition_.schema.name +
                           " changed the key of its row; the runtime has filled it in"};
  return std::optional{std::move(values)};
}

} // namespace stele
