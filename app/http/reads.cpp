#include "app/http/reads.hpp"

#include "actors/node.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"
#include "app/http/selection.hpp"

#include <functional>

namespace stele::http {
namespace {

/// How current an answer is, as it is shown: members by name, as JSON.
using shown_currency = std::vector<std::pair<std::string_view, std::string>>;

// The history is named also where there is no position yet, so that the token can be sent back.
shown_currency show(const currency& as_of, const uuid& history) {
  token at = as_of.at, reached = as_of.reached;
  at.history = reached.history = history;
  shown_currency out = {{"token", quoted(to_text(at))},
                        {"stale", as_of.stale ? "true" : "false"},
                        {"lag_ms", std::to_string(as_of.lag_ms)}};
  if (as_of.stale) out.emplace_back("reached", quoted(to_text(reached)));
  return out;
}

void add_currency(object_text& out, const shown_currency& as_of) {
  for (const auto& [name, json] : as_of) out.raw(name, json);
}

// Members of the row come first; a column that bears one of the names stands in for it.
std::string row_with_currency(const found_rows& found, const shown_currency& as_of) {
  object_text out;
  out.members(row_json(*found.schema, found.page.rows.front()));
  for (const auto& [name, json] : as_of)
    if (!column_index(*found.schema, name)) out.raw(name, json);
  return out.finish();
}

void add_etag(response& out, const found_rows& found) {
  const auto at = column_index(*found.schema, "version");
  if (!at) return;
  if (const auto* version = std::get_if<std::int64_t>(&found.page.rows.front()[*at]))
    out.headers.emplace_back("ETag", '"' + std::to_string(*version) + '"');
}

// A problem that says how current it is: the row may come yet.
response no_row(const refusal& absent, const shown_currency& as_of) {
  auto out = problem(absent);
  object_text body;
  body.members(out.body);
  add_currency(body, as_of);
  out.body = body.finish();
  return out;
}

response row_answer(const found_rows& found, const refusal& absent, const shown_currency& as_of) {
  if (found.page.rows.empty()) return no_row(absent, as_of);
  response out;
  out.body = row_with_currency(found, as_of);
  add_etag(out, found);
  return out;
}

response list_answer(const found_rows& found, const shown_currency& as_of) {
  std::string items = "[";
  for (const auto& row : found.page.rows) {
    if (items.size() > 1) items += ',';
    append_row_json(items, *found.schema, row);
  }
  object_text body;
  body.raw("items", items + ']').number("page", found.page_number).number("page_size", found.page_size);
  body.whole("total", found.page.total);
  body.whole("total_pages", (found.page.total + found.page_size - 1) / found.page_size);
  add_currency(body, as_of);
  response out;
  out.body = body.finish();
  return out;
}

using answer_shape = std::function<response(const found_rows&, const shown_currency&)>;

/// Fills in what all questions have in common and asks. `shape` makes the answer of what was found.
void ask(node& shop, const http_settings& settings, const request& it, query_ptr mine, reply answer,
         answer_shape shape) {
  auto after = read_after(it, shop);
  if (after.has_error()) return answer(problem(after.error()));
  const auto timeout = read_timeout(it, settings);
  if (timeout.has_error()) return answer(problem(timeout.error()));
  mine->after = *std::move(after);
  mine->timeout_ms = *timeout;
  mine->answer = [answer, shape = std::move(shape), history = shop.identity().history](const query_outcome& outcome) {
    const auto* found = std::get_if<found_rows>(&outcome);
    if (!found) return answer(problem(std::get<refusal>(outcome)));
    const auto as_of = show(found->as_of, history);
    auto out = shape(*found, as_of);
    auto at = found->as_of.at;
    at.history = history;
    out.headers.emplace_back("X-Stele-Token", to_text(at));
    answer(std::move(out));
  };
  shop.ask(std::move(mine));
}

} // namespace

void look_up(node& shop, const http_settings& settings, const request& it, std::string view, std::string key,
             const refusal& absent, reply answer) {
  const auto* type = shop.hosted().view(view);
  const bool any_text = type != nullptr && type->keys() != nullptr; // Its keys are what events say, not ids of streams.
  if (const auto wrong = any_text ? std::nullopt : check_id(key)) return answer(problem(*wrong));
  if (const auto wrong = check_query(it, {})) return answer(problem(*wrong));
  query_ptr mine(new query);
  mine->view = std::move(view);
  mine->key = std::move(key);
  ask(shop, settings, it, std::move(mine), std::move(answer),
      [absent](const found_rows& found, const shown_currency& as_of) { return row_answer(found, absent, as_of); });
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
