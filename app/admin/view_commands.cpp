#include "app/admin/node_call.hpp"
#include "app/admin/progress.hpp"
#include "app/admin/raw_json.hpp"
#include "app/admin/table.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

namespace stele::admin {

namespace {

constexpr auto look_again = std::chrono::milliseconds(200);

std::vector<std::string> view_cells(std::string_view report) {
  return {plain_value(report, "view"),  plain_value(report, "version"),    plain_value(report, "generation"),
          plain_value(report, "state"), plain_value(report, "lag_events"), plain_value(report, "lag_ms")};
}

void print_stopped(std::string_view report) {
  for (const auto shard : raw_items(raw_value(report, "stopped").value_or("[]")))
    std::printf("%s, shard %s stopped at position %s: %s\n", plain_value(report, "view").c_str(),
                plain_value(shard, "shard").c_str(), plain_value(shard, "position").c_str(),
                plain_value(shard, "reason").c_str());
}

// The report of one view; nothing when the node doesn't answer or has no such view.
std::optional<std::string> report_of(node_call& call, const std::string& view) {
  const auto answer = call.request("GET", "/views");
  if (!answer) return std::nullopt;
  for (const auto report : raw_items(raw_value(*answer, "items").value_or("[]")))
    if (plain_value(report, "view") == view) return std::string(report);
  std::fprintf(stderr, "the node has no view '%s'\n", view.c_str());
  return std::nullopt;
}

std::string rebuild_line(std::string_view report) {
  const auto rebuild = raw_value(report, "rebuild").value_or("null");
  if (rebuild == "null") return "its rebuild is another node's, or begins again soon";
  return plain_value(rebuild, "events_done") + " of " + plain_value(rebuild, "events_total") + " events, " +
         plain_value(rebuild, "events_per_second") + " events/s, " + plain_value(rebuild, "seconds_left") + " s left";
}

// Shows how a rebuild goes until it is over.
int watch_rebuild(node_call& call, const node_options& node, const std::string& view) {
  progress_line line;
  for (;;) {
    const auto report = report_of(call, view);
    if (!report) return 1;
    if (plain_value(*report, "state") == "rebuilding") {
      line.show("rebuilding " + view + ": " + rebuild_line(*report));
      std::this_thread::sleep_for(look_again);
      continue;
    }
    if (node.json)
      std::printf("%s\n", report->c_str());
    else
      std::printf("%s: %s\n", view.c_str(), plain_value(*report, "last_rebuild").c_str());
    return 0;
  }
}

} // namespace

int list_views(const node_options& node) {
  const auto answer = node_call(node).request("GET", "/views");
  if (!answer) return 1;
  if (node.json) return std::printf("%s\n", answer->c_str()), 0;
  std::vector<std::vector<std::string>> rows{{"view", "version", "generation", "state", "lag_events", "lag_ms"}};
  const auto reports = raw_items(raw_value(*answer, "items").value_or("[]"));
  for (const auto report : reports) rows.push_back(view_cells(report));
  std::fputs(table(rows).c_str(), stdout);
  for (const auto report : reports) {
    print_stopped(report);
    if (const auto trouble = plain_value(report, "trouble"); !trouble.empty())
      std::printf("%s, trying again: %s\n", plain_value(report, "view").c_str(), trouble.c_str());
    if (plain_value(report, "state") == "rebuilding")
      std::printf("%s: %s\n", plain_value(report, "view").c_str(), rebuild_line(report).c_str());
  }
  return 0;
}

int change_view(const node_options& node, const std::string& action, const std::string& view) {
  node_call call(node);
  const auto answer = call.request("POST", "/views/" + http::percent_encode(view) + '/' + action);
  if (!answer) return 1;
  if (action == "rebuild") return watch_rebuild(call, node, view);
  const auto report = report_of(call, view);
  if (report && node.json)
    std::printf("%s\n", report->c_str());
  else if (report)
    std::printf("%s: %s\n", view.c_str(), plain_value(*report, "state").c_str());
  return report ? 0 : 1;
}

} // namespace stele::admin
