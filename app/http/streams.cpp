#include "app/http/streams.hpp"

#include "actors/node.hpp"
#include "app/http/event_json.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"

#include <limits>

namespace stele::http {
namespace {

constexpr unix_ms end_of_time = std::numeric_limits<unix_ms>::max();
constexpr std::uint64_t events_default = 100;

// What stands in the stream is read from the log itself, so it holds everything any token speaks of.
asked<token> read_request(const request& it, const node& shop, const std::string& id,
                          std::initializer_list<std::string_view> known) {
  if (auto wrong = check_id(id)) return *std::move(wrong);
  if (auto wrong = check_query(it, known)) return *std::move(wrong);
  return read_after(it, shop);
}

void add_headers(response& out, stream_version version, const token& at) {
  out.headers.emplace_back("ETag", '"' + std::to_string(version) + '"');
  if (!at.empty()) out.headers.emplace_back("X-Stele-Token", to_text(at));
}

response shape_state(const state_at& found, const token& after) {
  object_text body;
  body.whole("version", found.version).moment("at", found.at).raw("state", found.state);
  response out;
  out.body = body.finish();
  add_headers(out, found.version, after);
  return out;
}

response shape_events(std::vector<recorded_event> events, std::size_t limit, const std::string& id_name,
                      const std::string& id, token at, const uuid& history) {
  const bool more = events.size() > limit;
  if (more) events.pop_back();
  std::string items = "[";
  for (const auto& each : events) items += (items.size() > 1 ? "," : "") + event_json(each, false);
  if (!events.empty()) merge(at, make_token(history, events.back().shard, events.back().position));
  response out;
  object_text body;
  body.text(id_name, id).raw("items", items + ']').boolean("more", more);
  if (!at.empty()) body.text("token", to_text(at));
  out.body = body.finish();
  if (!at.empty()) out.headers.emplace_back("X-Stele-Token", to_text(at));
  return out;
}

/// Asks for the state the request names and hands it to `found`; problems go to `answer`.
void find_state(node& shop, const request& it, std::string stream_id, const reply& answer,
                std::function<response(const state_at&)> shape) {
  auto then = [answer, shape = std::move(shape)](const std::variant<state_at, refusal>& outcome) {
    const auto* found = std::get_if<state_at>(&outcome);
    answer(found ? shape(*found) : problem(std::get<refusal>(outcome)));
  };
  const auto *version = it.query_value("at_version"), *at = it.query_value("at");
  if (version && at)
    return answer(problem(invalid("version_and_time", "at_version and at exclude each other; leave one out")));
  if (version) {
    const auto number = read_whole(it, "at_version", 1, 1, std::numeric_limits<std::int64_t>::max());
    if (number.has_error()) return answer(problem(number.error()));
    return shop.state_at_version(std::move(stream_id), *number, std::move(then));
  }
  const auto moment = at ? read_rfc3339(*at) : std::optional(end_of_time);
  if (!moment) return answer(problem(invalid("bad_at", "at must be a moment as 2024-02-29T12:00:00Z (+ is %2B)")));
  shop.state_at_time(std::move(stream_id), *moment, std::move(then));
}

} // namespace

void answer_state(node& shop, const request& it, const std::string& aggregate, const std::string& id, reply answer) {
  const auto after = read_request(it, shop, id, {"at_version", "at"});
  if (after.has_error()) return answer(problem(after.error()));
  find_state(shop, it, aggregate + '-' + id, answer,
             [after = *after](const state_at& found) { return shape_state(found, after); });
}

void answer_details(node& shop, const request& it, const std::string& aggregate, const std::string& id,
                    std::string id_name, reply answer) {
  const auto after = read_request(it, shop, id, {});
  if (after.has_error()) return answer(problem(after.error()));
  find_state(shop, it, aggregate + '-' + id, answer,
             [after = *after, id_name = std::move(id_name), id](const state_at& found) {
               object_text body;
               body.text(id_name, id).members(found.state).whole("version", found.version).moment("at", found.at);
               response out;
               out.body = body.finish();
               add_headers(out, found.version, after);
               return out;
             });
}

void answer_events(node& shop, const http_settings& settings, const request& it, const std::string& aggregate,
                   const std::string& id, std::string id_name, reply answer) {
  auto after = read_request(it, shop, id, {"after_version", "limit"});
  if (after.has_error()) return answer(problem(after.error()));
  const auto from = read_whole(it, "after_version", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (from.has_error()) return answer(problem(from.error()));
  const auto limit = read_whole(it, "limit", events_default, 1, settings.history_max);
  if (limit.has_error()) return answer(problem(limit.error()));
  // One more than wanted tells whether there are more.
  shop.history(aggregate + '-' + id, *from, *limit + 1,
               [answer, limit = *limit, id_name = std::move(id_name), id, at = *after,
                history = shop.identity().history](std::variant<std::vector<recorded_event>, refusal> outcome) {
                 auto* events = std::get_if<std::vector<recorded_event>>(&outcome);
                 answer(events ? shape_events(std::move(*events), limit, id_name, id, at, history)
                               : problem(std::get<refusal>(outcome)));
               });
}

} // namespace stele::http
