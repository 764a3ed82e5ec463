// From a request to a question and from what was found to an answer.
#pragma once

#include "app/http/call.hpp"
#include "persistence/row.hpp"

#include <utility>
#include <vector>

namespace stele::http {

/// One row of a view by its key: the row's members with `token`, `stale` and `lag_ms` beside them; 404 when there is
/// none, with the same three.
/// `absent` is the refusal that says so.
void look_up(node& shop, const http_settings& settings, const request& it, std::string view, std::string key,
             const refusal& absent, reply answer);

/// A registered query with the parameters of the URL and those in `fixed`: a list
/// `{items, page, page_size, total, total_pages, token, stale, lag_ms}`.
void run_query(node& shop, const http_settings& settings, const request& it, std::string name,
               std::vector<std::pair<std::string, std::string>> fixed, reply answer);

/// Rows of a view by the conditions `read_selection` reads: a list as above.
void list_rows(node& shop, const http_settings& settings, const request& it, const table_schema& schema, reply answer);

} // namespace stele::http
