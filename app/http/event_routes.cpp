#include "app/http/event_routes.hpp"

#include "actors/node.hpp"
#include "app/http/call.hpp"
#include "app/http/event_json.hpp"
#include "app/http/event_stream.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"
#include "app/http/wire.hpp"

#include <algorithm>
#include <limits>

namespace stele::http {
namespace {

constexpr std::uint64_t events_default = 100;
constexpr std::uint64_t position_max = std::numeric_limits<std::int64_t>::max();

response shape_page(const event_page& page) {
  std::string items = "[";
  for (const auto& each : page.events) items += (items.size() > 1 ? "," : "") + event_json(each, true);
  response out;
  out.body = object_text().raw("items", items + ']').whole("next", page.next).boolean("more", page.more).finish();
  return out;
}

asked<bool> wants_stream(const request& it) {
  const auto* accept = it.header("accept");
  const bool accepts = accept && accept->find("text/event-stream") != std::string::npos;
  const auto* follow = it.query_value("follow");
  if (!follow) return accepts;
  if (*follow == "true" || *follow == "false") return *follow == "true";
  return invalid("bad_follow", "follow must be true or false; found " + printable(*follow));
}

/// Where a reconnecting caller was counts more than the address it began with.
asked<std::uint64_t> read_from(const request& it, bool streams) {
  const auto* last = streams ? it.header("last-event-id") : nullptr;
  if (!last) return read_whole(it, "from", 0, 0, position_max);
  if (const auto position = parse_whole(*last); position && *position <= position_max) return *position;
  return invalid("bad_last_event_id", "Last-Event-ID must be the id of an event; found " + printable(*last));
}

std::optional<refusal> find_fault(const request& it, const node& shop) {
  if (auto wrong = check_query(it, {"from", "limit", "follow", "aggregate"})) return wrong;
  if (it.query_value("after"))
    return invalid("unknown_parameter", "`after` is not known here: `from` says behind which position to begin");
  const auto* aggregate = it.query_value("aggregate");
  if (!aggregate || shop.hosted().aggregate(*aggregate)) return std::nullopt;
  return refusal{refusal_kind::not_found, "unknown_aggregate", "no aggregate is named " + printable(*aggregate), {}};
}

/// What both forms ask for; the caller sets the wait and who is answered.
asked<events_request> read_events_request(const request& it, const http_settings& settings, bool streams) {
  const auto from = read_from(it, streams);
  if (from.has_error()) return from.error();
  const auto limit =
      read_whole(it, "limit", std::min<std::uint64_t>(events_default, settings.history_max), 1, settings.history_max);
  if (limit.has_error()) return limit.error();
  const auto* aggregate = it.query_value("aggregate");
  return events_request{*from, *limit, 0, aggregate ? *aggregate : std::string(), {}};
}

void answer_page(node& shop, const http_settings& settings, const request& it, events_request what,
                 const reply& answer) {
  if (it.query_value("timeout")) {
    const auto wait = read_timeout(it, settings);
    if (wait.has_error()) return answer(problem(wait.error()));
    what.wait_ms = *wait;
  }
  what.answer = [answer](const std::variant<event_page, refusal>& outcome) {
    const auto* page = std::get_if<event_page>(&outcome);
    answer(page ? shape_page(*page) : problem(std::get<refusal>(outcome)));
  };
  shop.read_all(std::move(what));
}

void answer_stream(node& shop, const http_settings& settings, events_request what,
                   const std::shared_ptr<server_counters>& counters, const reply& answer) {
  what.wait_ms = settings.heartbeat_ms;
  auto stream = open_event_stream(shop, std::move(what), settings.streams_max, counters);
  if (!stream) return answer(problem(503, "too_many_streams", "the node sends too many streams already; try again"));
  answer({200, {}, "text/event-stream", {}, std::move(stream)});
}

} // namespace

void add_event_routes(routes& table, node& shop, std::shared_ptr<const http_settings> settings,
                      std::shared_ptr<server_counters> counters) {
  auto run = [&shop, settings = std::move(settings), counters = std::move(counters)](const request& it,
                                                                                     const reply& answer) {
    if (const auto wrong = find_fault(it, shop)) return answer(problem(*wrong));
    const auto streams = wants_stream(it);
    if (streams.has_error()) return answer(problem(streams.error()));
    auto what = read_events_request(it, *settings, *streams);
    if (what.has_error()) return answer(problem(what.error()));
    if (*streams) return answer_stream(shop, *settings, *std::move(what), counters, answer);
    answer_page(shop, *settings, it, *std::move(what), answer);
  };
  table.add("GET", "/events", std::move(run),
            {"Everything that happened, in one order; a stream of server-sent events when asked for.",
             {{"from", "Begin behind this position; `next` of the page before."},
              {"limit", "100 unless said, 1000 at most."},
              {"aggregate", "Only events of this one."},
              {"follow", "true: a stream that goes on with what happens, as with Accept: text/event-stream."},
              {"timeout", "How long to wait for the first event: milliseconds, or 2s. Not unless said."}},
             {},
             {}});
}

} // namespace stele::http
