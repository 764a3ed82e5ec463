#include "persistence/sqlite/selection_sql.hpp"

namespace stele::sqlite {

namespace {

/// Collects the text and the values of one selection.
class builder {
public:
  builder(const table_schema& schema, const located_table& table) : schema_(schema), table_(table) {}

  std::string where(const checked_selection& what) {
    std::string text;
    for (const auto& group : what.where) text += (text.empty() ? " WHERE " : " AND ") + one_of(group);
    return text;
  }

  std::string order(const checked_selection& what) const {
    std::string text;
    for (const checked_order& by : what.order_by)
      text += (text.empty() ? " ORDER BY " : ", ") + name(by.column) + (by.descending ? " DESC" : " ASC");
    return text;
  }

  std::string name(std::size_t column) const {
    return table_.has_column[column] ? quoted(schema_.columns[column].name) : "NULL";
  }

  std::vector<field_value> values;

private:
  std::string one_of(const std::vector<checked_condition>& group) {
    std::string text;
    for (const checked_condition& it : group) text += (text.empty() ? "" : " OR ") + condition(it);
    return group.empty() ? "0" : "(" + text + ")"; // No way to hold.
  }

  std::string condition(const checked_condition& it) {
    const bool null = std::holds_alternative<std::monostate>(it.value);
    if (null && it.how == comparison::equal) return name(it.column) + " IS NULL";
    if (null && it.how == comparison::not_equal) return name(it.column) + " IS NOT NULL";
    if (null) return "0";
    values.push_back(it.value);
    if (it.how == comparison::contains) return "instr(lower(" + name(it.column) + "), ?) > 0"; // lower() folds ASCII.
    return name(it.column) + operator_of(it.how) + "?";
  }

  static const char* operator_of(comparison how) {
    switch (how) {
    case comparison::equal:
      return " = ";
    case comparison::not_equal:
      return " IS NOT ";
    case comparison::less:
      return " < ";
    case comparison::less_equal:
      return " <= ";
    case comparison::greater:
      return " > ";
    default:
      return " >= ";
    }
  }

  const table_schema& schema_;
  const located_table& table_;
};

} // namespace

std::string column_list(const table_schema& schema, const located_table& table) {
  const builder names(schema, table);
  std::string list;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) list += (i ? ", " : "") + names.name(i);
  return list;
}

selection_sql to_sql(const table_schema& schema, const located_table& table, const checked_selection& what) {
  builder it(schema, table);
  selection_sql sql;
  const std::string from = " FROM " + table.name + it.where(what);
  sql.count = "SELECT count(*)" + from;
  sql.page = "SELECT " + column_list(schema, table) + from + it.order(what) + " LIMIT ? OFFSET ?";
  sql.values = std::move(it.values);
  return sql;
}

} // namespace stele::sqlite
