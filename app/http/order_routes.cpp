#include "app/http/order_routes.hpp"

#include "actors/node.hpp"
#include "app/http/commands.hpp"
#include "app/http/problem.hpp"
#include "app/http/reads.hpp"
#include "app/http/streams.hpp"

#include <algorithm>

namespace stele::http {
namespace {

constexpr auto aggregate = "order", view = "order_views", id_name = "order_id";

/// What every route of orders has at hand.
struct desk {
  node& shop;
  http_settings settings;
};

void send(const desk& at, const request& it, std::string type, std::string body, const reply& answer) {
  const auto& id = it.parameter("id");
  if (const auto wrong = check_id(id)) return answer(problem(*wrong));
  const auto key = read_key(it, at.shop);
  if (key.has_error()) return answer(problem(key.error()));
  send_command(at.shop, at.settings, it, *key, {aggregate, id, std::move(type), std::move(body), id_name, {}}, answer);
}

// The id stands in the body, or follows from the key, so that a retry finds the same order, or is new.
void create(const desk& at, const request& it, const reply& answer) {
  if (const auto wrong = check_query(it, {})) return answer(problem(*wrong));
  const auto key = read_key(it, at.shop);
  if (key.has_error()) return answer(problem(key.error()));
  auto body = body_of(it);
  const auto named = take_text_member(body, id_name);
  if (named.has_error()) return answer(problem(named.error()));
  const auto id = named->value_or(to_string(key->id));
  if (const auto wrong = check_id(id, "/order_id")) return answer(problem(*wrong));
  if (id == "search")
    return answer(problem(invalid("bad_id", "'search' is the name of a route; choose another order_id", "/order_id")));
  send_command(at.shop, at.settings, it, *key,
               {aggregate, id, "create_order", std::move(body), id_name, "/orders/" + id}, answer);
}

void add_item(const desk& at, const request& it, const reply& answer) {
  auto body = body_or_query(it, {"quantity", "price"});
  if (body.has_error()) return answer(problem(body.error()));
  send(at, it, "add_order_item", *std::move(body), answer);
}

void cancel(const desk& at, const request& it, const reply& answer) {
  auto body = body_or_query(it, {});
  if (body.has_error()) return answer(problem(body.error()));
  send(at, it, "cancel_order", *std::move(body), answer);
}

void ship(const desk& at, const request& it, const reply& answer) {
  if (const auto wrong = check_query(it, {})) return answer(problem(*wrong));
  send(at, it, "ship_order", body_of(it), answer);
}

void show(const desk& at, const request& it, const reply& answer) {
  const auto& id = it.parameter("id");
  if (it.query_value("at_version") || it.query_value("at")) return answer_state(at.shop, it, aggregate, id, answer);
  look_up(at.shop, at.settings, it, view, id,
          {refusal_kind::not_found, "unknown_order", "There is no order with this id.", {}}, answer);
}

const query_parameter after_token{"after", "Token of an earlier answer: wait until it is in this one. May repeat."};
const query_parameter wait_time{"timeout",
                                "How long to wait for it: milliseconds, or 2s. 5 s unless said, 30 s at most."};
const query_parameter page_number{"page", "From 1."};
const query_parameter rows_on_page{"page_size", "20 unless said, 100 at most."};
const query_parameter state_filter{"status", "pending, shipped or cancelled."};

void add_commands(routes& table, const std::shared_ptr<const desk>& at) {
  table.add("POST", "/orders", [at](const request& it, reply answer) { create(*at, it, answer); },
            {"Creates an order.",
             {},
             "{order_id?, customer_id, items: [{product_id, quantity, price}], shipping_address}",
             {},
             true});
  table.add("POST", "/orders/{id}/items", [at](const request& it, reply answer) { add_item(*at, it, answer); },
            {"Adds an item, from the body or from query parameters.",
             {{"product_id", "What is bought."}, {"quantity", "1 to 1000000."}, {"price", "Of one, as 19.98."}},
             "{product_id, quantity, price}",
             {},
             true});
  table.add("DELETE", "/orders/{id}", [at](const request& it, reply answer) { cancel(*at, it, answer); },
            {"Cancels an order.", {{"reason", "Why.", true}}, {}, {}, true});
  table.add("POST", "/orders/{id}/ship", [at](const request& it, reply answer) { ship(*at, it, answer); },
            {"Ships an order.", {}, {}, {}, true});
}

void add_reads(routes& table, const std::shared_ptr<const desk>& at) {
  table.add(
      "GET", "/orders/{id}", [at](const request& it, reply answer) { show(*at, it, answer); },
      {"An order; with at_version or at: its state then.",
       {after_token, wait_time, {"at_version", "A version of its stream, from 1."}, {"at", "A moment, RFC 3339."}},
       {},
       view});
  table.add("GET", "/orders/{id}/details",
            [at](const request& it, reply answer) {
              answer_details(at->shop, it, aggregate, it.parameter("id"), id_name, std::move(answer));
            },
            {"An order with its items, address and reason.", {}, {}, {}});
  table.add("GET", "/orders/{id}/events",
            [at](const request& it, reply answer) {
              answer_events(at->shop, at->settings, it, aggregate, it.parameter("id"), id_name, std::move(answer));
            },
            {"What happened to an order.",
             {{"after_version", "Begin behind this version."}, {"limit", "100 unless said, 1000 at most."}},
             {},
             {}});
  table.add("GET", "/orders/search",
            [at](const request& it, reply answer) {
              run_query(at->shop, at->settings, it, "search_orders", {}, std::move(answer));
            },
            {"Searches orders.",
             {{"q", "Part of the order's id, customer or status; case does not matter."},
              {"customer_id", "Of this customer only."},
              state_filter,
              {"sort_by", "A column; created_at unless said."},
              {"sort_order", "asc or desc; desc unless said."},
              page_number,
              rows_on_page,
              after_token,
              wait_time},
             {},
             {}});
  table.add("GET", "/customers/{id}/orders",
            [at](const request& it, reply answer) {
              run_query(at->shop, at->settings, it, "orders_of_customer", {{"customer_id", it.parameter("id")}},
                        std::move(answer));
            },
            {"The orders of a customer, the newest first.",
             {state_filter, page_number, rows_on_page, after_token, wait_time},
             {},
             {}});
}

} // namespace

void add_order_routes(routes& table, node& shop, const http_settings& settings) {
  const auto at = std::make_shared<const desk>(desk{shop, settings});
  add_commands(table, at);
  add_reads(table, at);
}

} // namespace stele::http
