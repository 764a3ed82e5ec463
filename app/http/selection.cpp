#include "app/http/selection.hpp"

#include "app/http/wire.hpp"
#include "persistence/json_text.hpp"

#include <algorithm>
#include <array>

namespace stele::http {
namespace {

struct suffix {
  std::string_view name;
  comparison how;
};

constexpr std::array suffixes = {
    suffix{"ne", comparison::not_equal},      suffix{"lt", comparison::less},
    suffix{"lte", comparison::less_equal},    suffix{"gt", comparison::greater},
    suffix{"gte", comparison::greater_equal}, suffix{"contains", comparison::contains},
};

constexpr std::array<std::string_view, 4> reserved = {"sort_by", "sort_order", "page", "page_size"};

template <class T>
std::optional<field_value> as_field(const std::optional<T>& value) {
  return value ? std::optional<field_value>(*value) : std::nullopt;
}

std::string_view wanted(column_type type) {
  switch (type) {
  case column_type::integer:
    return "a whole number";
  case column_type::real:
    return "a number";
  case column_type::boolean:
    return "true or false";
  case column_type::money:
    return "an amount as 19.98";
  case column_type::timestamp:
    return "a moment as 2024-02-29T12:00:00Z";
  case column_type::text:
    return "text";
  case column_type::json:
    return "nothing: JSON columns can't be compared";
  }
  return "text";
}

refusal unknown_column(std::string_view name, const table_schema& schema) {
  std::string names;
  for (const auto& each : schema.columns) names += (names.empty() ? "" : ", ") + each.name;
  return invalid("unknown_parameter", "'" + printable(name) + "' is no column of " + schema.name + "; it has " + names);
}

asked<row_condition> read_condition(const std::string& name, const std::string& value, const table_schema& schema) {
  row_condition out{name, comparison::equal, {}};
  auto at = column_index(schema, name);
  if (const auto dot = name.rfind('.'); !at && dot != std::string::npos) {
    const auto how = std::find_if(suffixes.begin(), suffixes.end(), [&](const suffix& each) {
      return each.name == std::string_view(name).substr(dot + 1);
    });
    if (how != suffixes.end()) {
      out.column = name.substr(0, dot);
      out.how = how->how;
      at = column_index(schema, out.column);
    }
  }
  if (!at) return unknown_column(name, schema);
  const auto type = schema.columns[*at].type;
  auto field = read_value(value, type);
  if (out.how == comparison::contains && type != column_type::text) field.reset();
  if (!field)
    return invalid("bad_filter", "'" + printable(name) + "' wants " + std::string(wanted(type)) + "; found '" +
                                     printable(value) + "'");
  out.value = *std::move(field);
  return out;
}

std::optional<refusal> read_order(const request& it, const table_schema& schema, row_selection& out) {
  const auto* by = it.query_value("sort_by");
  const auto* order = it.query_value("sort_order");
  if (order && *order != "asc" && *order != "desc")
    return invalid("bad_sort_order", "sort_order must be asc or desc; found " + printable(*order));
  if (by && !column_index(schema, *by)) return unknown_column(*by, schema);
  if (by || order) out.order_by.push_back({by ? *by : schema.columns.front().name, order && *order == "desc"});
  return std::nullopt;
}

std::optional<refusal> read_page(const request& it, const http_settings& settings, row_selection& out) {
  const auto page = read_whole(it, "page", 1, 1, INT32_MAX);
  if (page.has_error()) return page.error();
  const auto size = read_whole(it, "page_size", settings.page_size, 1, settings.page_size_max);
  if (size.has_error()) return size.error();
  out.page = static_cast<std::uint32_t>(*page);
  out.page_size = static_cast<std::uint32_t>(*size);
  return std::nullopt;
}

} // namespace

std::optional<field_value> read_value(std::string_view text, column_type type) {
  switch (type) {
  case column_type::text:
    return field_value(std::string(text));
  case column_type::integer:
    return as_field(is_json_number(text) ? read_integer(text) : std::nullopt);
  case column_type::real:
    return as_field(is_json_number(text) ? read_real(text) : std::nullopt);
  case column_type::money:
    return as_field(is_json_number(text) ? read_money(text) : std::nullopt);
  case column_type::timestamp:
    return as_field(read_rfc3339(text));
  case column_type::boolean:
    if (text == "true" || text == "false") return field_value(std::int64_t{text == "true"});
    return std::nullopt;
  case column_type::json:
    return std::nullopt;
  }
  return std::nullopt;
}

asked<row_selection> read_selection(const request& it, const table_schema& schema, const http_settings& settings) {
  row_selection out;
  for (const auto& [name, value] : it.query) {
    if (is_common_parameter(name) || std::find(reserved.begin(), reserved.end(), name) != reserved.end()) continue;
    auto condition = read_condition(name, value, schema);
    if (condition.has_error()) return condition.error();
    out.where.push_back({*std::move(condition)});
  }
  if (auto wrong = read_order(it, schema, out)) return *std::move(wrong);
  if (auto wrong = read_page(it, settings, out)) return *std::move(wrong);
  return out;
}

} // namespace stele::http
