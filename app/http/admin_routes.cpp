#include "app/http/admin_routes.hpp"

#include "actors/node.hpp"
#include "app/http/call.hpp"
#include "app/http/commands.hpp"
#include "app/http/local_only.hpp"
#include "app/http/metrics.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"

#include <filesystem>

namespace stele::http {
namespace {

response json(unsigned status, std::string body) { return {status, std::move(body), "application/json", {}}; }

std::string shard_json(const stopped_shard& it) {
  return object_text().number("shard", it.shard).whole("position", it.position).text("reason", it.reason).finish();
}

std::string rebuild_json(const rebuild_progress& it) {
  object_text out;
  out.whole("events_done", it.events_done).whole("events_total", it.events_total);
  out.number("events_per_second", static_cast<std::int64_t>(it.events_per_second));
  return out.number("seconds_left", it.seconds_left).finish();
}

std::string report_json(const view_report& it) {
  object_text out;
  out.text("view", it.view).text("state", it.state).number("version", it.version).number("generation", it.generation);
  out.whole("lag_events", it.lag_events).number("lag_ms", it.lag_ms);
  std::string stopped = "[";
  for (const auto& shard : it.stopped) stopped += (stopped.size() > 1 ? "," : "") + shard_json(shard);
  out.raw("stopped", stopped + ']').text("trouble", it.trouble);
  out.raw("rebuild", it.rebuild ? rebuild_json(*it.rebuild) : "null");
  return out.text("last_rebuild", it.last_rebuild).finish();
}

void answer_reports(node& shop, const reply& answer) {
  shop.reports([answer](const std::vector<view_report>& reports) {
    std::string items = "[";
    for (const auto& it : reports) items += (items.size() > 1 ? "," : "") + report_json(it);
    answer(json(200, object_text().raw("items", items + ']').finish()));
  });
}

admin_reply done_reply(reply answer, response done) {
  return [answer = std::move(answer), done = std::move(done)](const std::optional<refusal>& why) {
    answer(why ? problem(*why) : done);
  };
}

void answer_metrics(node& shop, const std::shared_ptr<const server_counters>& counters, const reply& answer) {
  shop.cluster([&shop, counters, answer](const std::optional<cluster_report>& place) {
    shop.reports([&shop, counters, answer, place](const std::vector<view_report>& views) {
      answer({200,
              metrics_text(shop.counters(), counters.get(), views, place ? &*place : nullptr),
              "text/plain; version=0.0.4; charset=utf-8",
              {}});
    });
  });
}

using view_action = void (node::*)(std::string, admin_reply);

void add_view_action(routes& table, node& shop, const std::string& name, view_action action, std::string summary) {
  const auto run = [&shop, name, action](const request& it, reply answer) {
    const auto& view = it.parameter("view");
    if (!shop.hosted().view(view))
      return answer(problem(
          {refusal_kind::not_found, "unknown_view", "there is no view of that name; GET /views lists them", {}}));
    auto done = json(202, object_text().text("view", view).text("begun", name).finish());
    (shop.*action)(view, done_reply(std::move(answer), std::move(done)));
  };
  table.add("POST", "/views/{view}/" + name, local_only(run), {std::move(summary), {}, {}, {}, false, access::admin});
}

asked<std::string> read_backup_file(const request& it) {
  auto body = body_of(it);
  const auto file = take_text_member(body, "file");
  if (file.has_error()) return file.error();
  if (!*file || body != "{}")
    return invalid("bad_backup", "the body must be {\"file\": \"/absolute/path\"} and nothing else", "/file");
  const std::filesystem::path path(**file);
  if (!path.is_absolute() || path.native().find('\0') != std::string::npos)
    return invalid("bad_file", "file must be an absolute path on the machine of the node", "/file");
  std::error_code unreadable; // Then the store says why it can't write there.
  if (std::filesystem::exists(path, unreadable))
    return refusal{refusal_kind::rejected, "file_exists", "the file is there already; a backup never overwrites",
                   "/file"};
  return path.string();
}

void add_backup(routes& table, node& shop) {
  const auto run = [&shop](const request& it, reply answer) {
    const auto file = read_backup_file(it);
    if (file.has_error()) return answer(problem(file.error()));
    answer.when_late(problem(504, "still_running", "the backup is still being written; look at the file"));
    auto done = json(201, object_text().text("file", *file).finish());
    shop.backup(*file, done_reply(std::move(answer), std::move(done)));
  };
  table.add("POST", "/backup", local_only(run),
            {"Writes a consistent copy of the store to a new file on the node's machine.",
             {},
             "{file}",
             {},
             false,
             access::admin});
}

} // namespace

void add_health_routes(routes& table, node& shop, std::shared_ptr<const server_counters> counters) {
  table.add("GET", "/healthz", [](const request&, const reply& answer) { answer(json(200, R"({"status":"ok"})")); },
            {"The process answers.", {}, {}, {}, false, access::open});
  table.add("GET", "/readyz",
            [&shop](const request&, const reply& answer) {
              answer(shop.ready() ? json(200, R"({"status":"ready"})")
                                  : problem(503, "not_ready", "the node is opening its views or draining"));
            },
            {"The node takes commands and queries.", {}, {}, {}, false, access::open});
  table.add("GET", "/metrics",
            [&shop, counters](const request&, const reply& answer) { answer_metrics(shop, counters, answer); },
            {"Counters, gauges and histograms for Prometheus.", {}, {}, {}});
}

void add_admin_routes(routes& table, node& shop) {
  table.add("GET", "/views", local_only([&shop](const request&, const reply& answer) { answer_reports(shop, answer); }),
            {"The views: state, lag, stopped shards, progress of a rebuild.", {}, {}, {}});
  add_view_action(table, shop, "rebuild", &node::rebuild, "Rebuilds a view beside the serving one.");
  add_view_action(table, shop, "pause", &node::pause, "Stops folding events into a view.");
  add_view_action(table, shop, "resume", &node::resume, "Goes on folding, also where a shard had stopped.");
  add_backup(table, shop);
}

} // namespace stele::http
