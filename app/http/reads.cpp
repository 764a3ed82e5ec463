#include "app/http/reads.hpp"

#include "actors/node.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"
#include "app/http/selection.hpp"

namespace stele::http {
namespace {

void add_currency(object_text& out, const currency& as_of, const std::string& token_text) {
  out.text("token", token_text).boolean("stale", as_of.stale).number("lag_ms", as_of.lag_ms);
}

// Members of the row come first; a column that bears one of the three names stands in for it.
std::string row_with_currency(const found_rows& found, const std::string& token_text) {
  object_text out;
  out.members(row_json(*found.schema, found.page.rows.front()));
  const auto has = [&](std::string_view name) { return column_index(*found.schema, name).has_value(); };
  if (!has("token")) out.text("token", token_text);
  if (!has("stale")) out.boolean("stale", found.as_of.stale);
  if (!has("lag_ms")) out.number("lag_ms", found.as_of.lag_ms);
  return out.finish();
}

void add_etag(response& out, const found_rows& found) {
  const auto at = column_index(*found.schema, "version");
  if (!at) return;
  if (const auto* version = std::get_if<std::int64_t>(&found.page.rows.front()[*at]))
    out.headers.emplace_back("ETag", '"' + std::to_string(*version) + '"');
}

response no_row(const found_rows& found, const std::string& token_text) {
  object_text body;
  body.text("type", "about:blank").text("title", "Not Found").number("status", 404);
  body.text("detail", "there is no row of that key in " + (found.schema ? found.schema->name : "the view"));
  body.text("code", "not_found");
  add_currency(body, found.as_of, token_text);
  return {404, body.finish(), "application/problem+json", {}};
}

/// Fills in what all questions have in common and asks. `shape` makes the answer of what was found.
void ask(node& shop, const http_settings& settings, const request& it, query_ptr mine, reply answer,
         response (*shape)(const found_rows&)) {
  auto after = read_after(it, shop);
  if (after.has_error()) return answer(problem(after.error()));
  const auto timeout = read_timeout(it, settings);
  if (timeout.has_error()) return answer(problem(timeout.error()));
  mine->after = *std::move(after);
  mine->timeout_ms = *timeout;
  mine->answer = [answer, shape](const query_outcome& outcome) {
    const auto* found = std::get_if<found_rows>(&outcome);
    answer(found ? shape(*found) : problem(std::get<refusal>(outcome)));
  };
  shop.ask(std::move(mine));
}

} // namespace

response row_answer(const found_rows& found) {
  const auto text = to_text(found.as_of.at);
  response out;
  if (found.page.rows.empty()) {
    out = no_row(found, text);
  } else {
    out.body = row_with_currency(found, text);
    add_etag(out, found);
  }
  out.headers.emplace_back("X-Stele-Token", text);
  return out;
}

response list_answer(const found_rows& found) {
  std::string items = "[";
  for (const auto& row : found.page.rows) {
    if (items.size() > 1) items += ',';
    append_row_json(items, *found.schema, row);
  }
  items += ']';
  const auto text = to_text(found.as_of.at);
  object_text body;
  body.raw("items", items).number("page", found.page_number).number("page_size", found.page_size);
  body.whole("total", found.page.total);
  body.whole("total_pages", (found.page.total + found.page_size - 1) / found.page_size);
  add_currency(body, found.as_of, text);
  return {200, body.finish(), "application/json", {{"X-Stele-Token", text}}};
}

void look_up(node& shop, const http_settings& settings, const request& it, std::string view, std::string key,
             reply answer) {
  if (const auto wrong = check_id(key)) return answer(problem(*wrong));
  if (const auto wrong = check_query(it, {})) return answer(problem(*wrong));
  query_ptr mine(new query);
  mine->view = std::move(view);
  mine->key = std::move(key);
  ask(shop, settings, it, std::move(mine), std::move(answer), row_answer);
}

void run_query(node& shop, const http_settings& settings, const request& it, std::string name,
               std::vector<std::pair<std::string, std::string>> fixed, reply answer) {
  object_text parameters;
  for (const auto& [key, value] : fixed) parameters.text(key, value);
  for (const auto& [key, value] : it.query)
    if (!is_common_parameter(key)) parameters.text(key, value);
  query_ptr mine(new query);
  mine->name = std::move(name);
  mine->parameters = parameters.finish();
  mine->text_values = true;
  ask(shop, settings, it, std::move(mine), std::move(answer), list_answer);
}

void list_rows(node& shop, const http_settings& settings, const request& it, const table_schema& schema, reply answer) {
  auto selection = read_selection(it, schema, settings);
  if (selection.has_error()) return answer(problem(selection.error()));
  query_ptr mine(new query);
  mine->view = schema.name;
  mine->selection = *std::move(selection);
  ask(shop, settings, it, std::move(mine), std::move(answer), list_answer);
}

} // namespace stele::http
