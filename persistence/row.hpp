// Rows of a view without their C++ type: what the view stores keep and select.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stele {

/// What a column holds. `money` is an integer of minor units, `timestamp` milliseconds since 1970, `boolean` 0 or 1;
/// all three lie in the store as integers and differ in how they are shown.
enum class column_type { text, integer, real, boolean, money, timestamp, json };

struct column {
  std::string name;
  column_type type = column_type::text;
  bool nullable = false;
};

/// The table of a view, made from the description of its row. `columns[0]` is the key.
struct table_schema {
  std::string name; ///< Also the name of the view.
  std::vector<column> columns;
  std::vector<std::vector<std::string>> indexes; ///< Column names; declared by the view.
};

/// A value of a column; `monostate` is null.
using field_value = std::variant<std::monostate, std::int64_t, double, std::string>;

/// The values of one row, in the order of the schema's columns.
using row_values = std::vector<field_value>;

/// The place of a column in its schema; nothing when there is none of that name.
std::optional<std::size_t> column_index(const table_schema& schema, std::string_view name);

/// `{"order_id":"7","total_amount":19.98,…}`: the one way rows are shown.
void append_row_json(std::string& out, const table_schema& schema, const row_values& row);
std::string row_json(const table_schema& schema, const row_values& row);

/// The same 64 bits for equal rows, on every store: what a rebuild and `verify` compare.
std::uint64_t row_hash(const row_values& row);

/// How a column is compared. Text compares bytewise; `contains` folds ASCII case and treats the value as plain text.
enum class comparison { equal, not_equal, less, less_equal, greater, greater_equal, contains };

struct row_condition {
  std::string column;
  comparison how = comparison::equal;
  field_value value;
};

struct row_order {
  std::string column;
  bool descending = false;
};

/// A selection of rows: all groups must hold; in a group one condition is enough. Ties in the order are
/// broken by the key, ascending.
struct row_selection {
  std::vector<std::vector<row_condition>> where;
  std::vector<row_order> order_by;
  std::uint32_t page = 1; ///< From 1.
  std::uint32_t page_size = 20;
};

struct row_page {
  std::vector<row_values> rows;
  std::uint64_t total = 0; ///< Rows that match, on all pages.
};

} // namespace stele
