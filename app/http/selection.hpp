// Conditions, order and page of a list, from query parameters.
#pragma once

#include "app/http/call.hpp"
#include "persistence/row.hpp"

namespace stele::http {

/// `column=value` or `column.lt=value` (also `ne`, `lte`, `gt`, `gte`, `contains`), `sort_by`, `sort_order` (`asc`, the
/// default, or `desc`), `page` and `page_size`. All conditions must hold; what names no column is refused.
asked<row_selection> read_selection(const request& it, const table_schema& schema, const http_settings& settings);

/// `text` as a value of that type; nothing when it is not one. JSON columns can't be compared.
std::optional<field_value> read_value(std::string_view text, column_type type);

} // namespace stele::http
