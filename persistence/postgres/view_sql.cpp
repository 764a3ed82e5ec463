#include "persistence/postgres/view_sql.hpp"

namespace stele::postgres {

namespace {

const char* type_of(column_type type) {
  const std::string_view kind = storage_kind(type);
  return kind == "TEXT" ? "text" : kind == "REAL" ? "double precision" : "bigint";
}

std::string place(std::size_t number) { return "$" + std::to_string(number); }

/// `%` and `_` in a pattern stand for themselves.
std::string as_pattern(std::string_view text) {
  std::string out = "%";
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

/// Collects the conditions of one selection.
class builder {
public:
  builder(const table_schema& schema, const located_table& table, parameters& values)
      : schema_(schema), table_(table), values_(values) {}

  std::string where(const checked_selection& what) {
    std::string text;
    for (const auto& group : what.where) text += (text.empty() ? " WHERE " : " AND ") + one_of(group);
    return text;
  }

  std::string name(std::size_t column) const {
    const stele::column& it = schema_.columns[column];
    if (table_.has_column[column]) return quoted(it.name);
    return std::string("NULL::") + type_of(it.type);
  }

private:
  std::string one_of(const std::vector<checked_condition>& group) {
    std::string text;
    for (const checked_condition& it : group) text += (text.empty() ? "" : " OR ") + condition(it);
    return group.empty() ? "false" : "(" + text + ")"; // No way to hold.
  }

  std::string condition(const checked_condition& it) {
    const bool null = std::holds_alternative<std::monostate>(it.value);
    if (null && it.how == comparison::equal) return name(it.column) + " IS NULL";
    if (null && it.how == comparison::not_equal) return name(it.column) + " IS NOT NULL";
    if (null) return "false";
    if (it.how == comparison::contains) return contains(it);
    bind(it.value);
    return name(it.column) + operator_of(it.how) + place(values_.size());
  }

  /// With collation "C" lower() folds ASCII only. A text that begins like the second half of an escape could be found
  /// across one; then the halves are told apart first.
  std::string contains(const checked_condition& it) {
    const auto& text = std::get<std::string>(it.value);
    std::string wanted = escape_text(text), column = "lower(" + name(it.column) + " COLLATE \"C\")";
    if (!text.empty() && (text[0] == '\2' || text[0] == '\3')) {
      column = "replace(replace(" + column + ", E'\\x01\\x02', E'\\x01\\x04'), E'\\x01\\x03', E'\\x01\\x05')";
      for (std::size_t i = 1; i < wanted.size(); ++i)
        if (wanted[i - 1] == '\1') wanted[i] = static_cast<char>(wanted[i] + 2);
    }
    values_.add_text(as_pattern(wanted));
    return column + " LIKE " + place(values_.size());
  }

  void bind(const field_value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      values_.add_signed(*whole);
    else if (const auto* real = std::get_if<double>(&value))
      values_.add_real(*real);
    else
      values_.add_text(escape_text(std::get<std::string>(value)));
  }

  static const char* operator_of(comparison how) {
    switch (how) {
    case comparison::equal:
      return " = ";
    case comparison::not_equal:
      return " IS DISTINCT FROM ";
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
  parameters& values_;
};

std::string alias(std::size_t column) { return "c" + std::to_string(column + 1); }

/// Null sorts before all values.
std::string order_of(const checked_selection& what) {
  std::string text;
  for (const checked_order& by : what.order_by) {
    text += (text.empty() ? " ORDER BY p." : ", p.") + alias(by.column);
    if (by.column == 0 && !by.descending) break; // The key: never null, and nothing after it matters.
    text += by.descending ? " DESC NULLS LAST" : " NULLS FIRST";
  }
  return text;
}

} // namespace

std::string column_list(const table_schema& schema, const located_table& table) {
  parameters none;
  const builder names(schema, table, none);
  std::string list;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) list += (i ? ", " : "") + names.name(i) + " AS " + alias(i);
  return list;
}

std::string write_sql(const table_schema& schema, const located_table& table, bool together) {
  std::string names, arrays, aliases, changes;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const std::string name = quoted(schema.columns[i].name);
    names += (i ? ", " : "") + name;
    arrays += ", unnest(" + place(7 + i) + ") AS " + alias(i);
    aliases += ", " + alias(i);
    if (i > 0) changes += (i > 1 ? ", " : "") + name + " = excluded." + name;
  }
  // Locked rows are read as they are, not as they were when the statement began: what they say stays true.
  const std::string all_stand = together ? " AND (SELECT count(*) FROM locked f JOIN unnest($3, $4) s(shard, since) "
                                           "ON f.shard = s.shard AND f.position = s.since) = cardinality($3)"
                                         : "";
  return "WITH locked AS MATERIALIZED (SELECT k.shard, k.position FROM stele.es_checkpoints k WHERE k.view = $1 "
         "AND k.generation = $2 AND k.shard = ANY ($3) ORDER BY k.shard FOR NO KEY UPDATE OF k), "
         "moved AS (UPDATE stele.es_checkpoints k SET position = m.upto FROM unnest($3, $4, $5) m(shard, since, upto), "
         "locked l WHERE l.shard = m.shard AND k.view = $1 AND k.generation = $2 AND k.shard = m.shard "
         "AND k.position = m.since" +
         all_stand +
         " RETURNING k.shard), "
         "written AS (INSERT INTO " +
         table.name + " (" + names + ") SELECT " + aliases.substr(2) + " FROM moved JOIN (SELECT unnest($6) AS shard" +
         arrays + ") u USING (shard) ON CONFLICT (" + quoted(schema.columns[0].name) + ") DO " +
         (changes.empty() ? "NOTHING" : "UPDATE SET " + changes) + ") SELECT shard FROM moved";
}

std::string checkpoints_of(const located_table& table, parameters& values, const std::string& view) {
  values.add_text(view);
  std::string text = "k.view = " + place(values.size()) + " AND k.generation = ";
  if (table.serving)
    return text + "(SELECT generation FROM stele.es_views WHERE view = " + place(values.size()) +
           " AND state = 'serving')";
  values.add_integer(table.generation);
  return text + place(values.size());
}

std::string select_sql(const view_definition& view, const located_table& table, const checked_selection& what,
                       parameters& values) {
  builder it(view.schema, table, values);
  const std::string from = " FROM " + table.name + it.where(what);
  const std::string rows = "(SELECT " + column_list(view.schema, table) + from + ") p";
  const std::string positions = "(SELECT array_to_string(array_agg(k.position ORDER BY k.shard), ',') "
                                "FROM stele.es_checkpoints k WHERE " +
                                checkpoints_of(table, values, view.schema.name) + ")";
  values.add_bigint(what.limit).add_bigint(what.offset);
  const std::string page = "(SELECT p.* FROM " + rows + order_of(what) + " LIMIT " + place(values.size() - 1) +
                           " OFFSET " + place(values.size()) + ") p";
  return "SELECT (SELECT count(*)" + from + "), " + positions + ", p.* FROM (SELECT 1) one LEFT JOIN " + page +
         " ON true" + order_of(what);
}

} // namespace stele::postgres
