#include "app/load/http_wire.hpp"

#include "app/admin/raw_json.hpp"
#include "app/http/http_client.hpp"
#include "app/load/questions.hpp"
#include "persistence/codec.hpp"

#include <boost/describe/class.hpp>

#include <charconv>

namespace stele::load {

namespace {

struct command_answer {
  std::uint64_t version = 0;
  std::string token;
};

struct row_currency {
  std::string token;
  bool stale = false;
};

struct list_answer {
  std::vector<order_view::row> items;
  std::uint64_t total = 0;
  std::string token;
  bool stale = false;
};

struct problem_answer {
  std::string code, detail;
};

BOOST_DESCRIBE_STRUCT(command_answer, (), (version, token))
BOOST_DESCRIBE_STRUCT(row_currency, (), (token, stale))
BOOST_DESCRIBE_STRUCT(list_answer, (), (items, total, token, stale))
BOOST_DESCRIBE_STRUCT(problem_answer, (), (code, detail))

refusal_kind kind_of(unsigned status) {
  switch (status) {
  case 400:
    return refusal_kind::invalid;
  case 404:
    return refusal_kind::not_found;
  case 409:
    return refusal_kind::rejected;
  case 412:
    return refusal_kind::wrong_version;
  case 413:
    return refusal_kind::too_large;
  case 422:
    return refusal_kind::key_reused;
  case 429:
    return refusal_kind::client_limit;
  case 503:
    return refusal_kind::overloaded;
  case 504:
    return refusal_kind::outcome_unknown;
  default:
    return refusal_kind::internal;
  }
}

answer refused(refusal_kind kind, std::string code, std::string message) {
  answer out;
  out.refused = refusal{kind, std::move(code), std::move(message), {}};
  return out;
}

answer not_understood(std::string_view body) {
  return refused(refusal_kind::internal, "not_understood", std::string(body.substr(0, 200)));
}

answer problem(unsigned status, std::string_view body) {
  problem_answer said;
  if (decode_stored(body, said) || said.code.empty()) said.code = "status_" + std::to_string(status);
  return refused(kind_of(status), std::move(said.code), std::move(said.detail));
}

answer command_done(std::string_view body) {
  command_answer said;
  if (decode_stored(body, said)) return not_understood(body);
  const auto at = parse_token(said.token);
  if (!at || at->positions.size() != 1) return not_understood(body);
  answer out;
  out.version = said.version;
  out.at = *at;
  std::tie(out.shard, out.position) = at->positions.front();
  return out;
}

answer row_found(unsigned status, std::string_view body) {
  answer out;
  row_currency as_of;
  if (decode_stored(body, as_of)) return not_understood(body);
  out.stale = as_of.stale;
  out.at = parse_token(as_of.token).value_or(token{});
  if (status == 404) return out;
  order_view::row row;
  if (decode_stored(body, row)) return not_understood(body);
  out.rows.push_back(std::move(row));
  return out;
}

answer list_found(std::string_view body) {
  list_answer said;
  if (decode_stored(body, said)) return not_understood(body);
  answer out;
  out.rows = std::move(said.items);
  out.total = said.total;
  out.stale = said.stale;
  out.at = parse_token(said.token).value_or(token{});
  return out;
}

http_request command_request_of(const operation& it) {
  const auto order = "/orders/" + it.order_id;
  const auto key = to_string(it.key);
  if (it.command == "create_order")
    return {"POST", "/orders", R"({"order_id":")" + it.order_id + R"(",)" + it.body.substr(1), key};
  if (it.command == "add_order_item") return {"POST", order + "/items", it.body, key};
  if (it.command == "ship_order") return {"POST", order + "/ship", {}, key};
  return {"DELETE", order, it.body, key};
}

std::string query_target(const operation& it) {
  const auto size = "page_size=" + std::to_string(page_size);
  if (is_look_up(it)) return "/orders/" + it.order_id;
  if (it.text.empty()) return "/customers/" + it.customer_id + "/orders?" + size;
  return "/orders/search?q=" + it.text + '&' + size;
}

std::uint64_t number(std::string_view object, std::string_view name) {
  const auto text = admin::plain_value(object, name);
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

} // namespace

http_request to_http(const operation& it) {
  if (!it.command.empty()) return command_request_of(it);
  http_request out{"GET", query_target(it), {}, {}};
  if (!it.after.empty())
    out.target += (out.target.find('?') == std::string::npos ? '?' : '&') + ("after=" + to_text(it.after)) +
                  "&timeout=" + std::to_string(query_wait_ms);
  return out;
}

answer from_http(const operation& it, unsigned status, std::string_view body) {
  if (!it.command.empty()) return status == 200 || status == 201 ? command_done(body) : problem(status, body);
  const bool absent =
      status == 404 && is_look_up(it) && number(body, "status") == 404 && !admin::plain_value(body, "token").empty();
  if (status != 200 && !absent) return problem(status, body);
  return is_look_up(it) ? row_found(status, body) : list_found(body);
}

std::vector<view_lag> lags_from_http(std::string_view body) {
  std::vector<view_lag> out;
  for (const auto item : admin::raw_items(admin::raw_value(body, "items").value_or("[]")))
    out.push_back({admin::plain_value(item, "view"), number(item, "lag_events"),
                   static_cast<std::int64_t>(number(item, "lag_ms"))});
  return out;
}

} // namespace stele::load
