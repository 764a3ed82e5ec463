#include "app/admin/store_commands.hpp"

#include "app/admin/progress.hpp"
#include "app/admin/raw_json.hpp"
#include "app/admin/table.hpp"
#include "app/admin/transfer.hpp"
#include "app/admin/verify.hpp"
#include "app/logging.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace stele::admin {

namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", escape_control_characters(why).c_str());
  return 1;
}

std::string rate(std::uint64_t events, double seconds) {
  char time[32];
  std::snprintf(time, sizeof time, "%.2f s", seconds);
  const auto each_second = seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(events) / seconds) : events;
  return std::string(time) + " (" + grouped(each_second) + " events/s)";
}

void print_report(const verify_report& it, const std::string& uri, double seconds) {
  std::vector<std::vector<std::string>> rows{{"checked", "count", "what"}};
  rows.push_back({"shards", grouped(it.shards), "positions without gaps, streams where they belong"});
  rows.push_back({"streams", grouped(it.streams), "versions without gaps"});
  rows.push_back({"commands", grouped(it.commands), "events of each together, none done twice"});
  rows.push_back({"events", grouped(it.events), "ids unique in their shard, every payload readable"});
  for (const auto& view : it.views)
    rows.push_back({view.view, view.skipped.empty() ? grouped(view.rows) : "-",
                    view.skipped.empty() ? "each row equal to the fold of its events, none too many"
                                         : "not checked: " + view.skipped});
  rows.push_back({"snapshots", grouped(it.snapshots),
                  "equal to full replay" + (it.snapshots_skipped == 0 ? std::string()
                                                                      : "; " + grouped(it.snapshots_skipped) +
                                                                            " of other descriptions left out")});
  std::fputs(table(rows).c_str(), stdout);
  for (const auto& found : it.found.all())
    std::printf("%s (%s): %s\n", found.kind.c_str(), grouped(found.count).c_str(),
                escape_control_characters(found.first).c_str());
  std::printf("%s: %s, %s in %s\n", uri.c_str(), it.found.none() ? "clean" : "DAMAGED",
              (grouped(it.events) + " events").c_str(), rate(it.events, seconds).c_str());
}

std::string report_json(const verify_report& it, const std::string& uri, double seconds) {
  std::string out = "{\"store\":" + json_text(uri) + ",\"clean\":" + (it.found.none() ? "true" : "false");
  const auto count = [&out](const char* name, std::uint64_t value) {
    out.append(",\"").append(name).append("\":").append(std::to_string(value));
  };
  count("shards", it.shards);
  count("streams", it.streams);
  count("commands", it.commands);
  count("events", it.events);
  count("snapshots", it.snapshots);
  count("snapshots_skipped", it.snapshots_skipped);
  count("milliseconds", static_cast<std::uint64_t>(seconds * 1000));
  out += ",\"views\":[";
  for (const auto& view : it.views)
    out += std::string(out.back() == '[' ? "" : ",") + "{\"view\":" + json_text(view.view) +
           ",\"rows\":" + std::to_string(view.rows) +
           ",\"skipped\":" + (view.skipped.empty() ? "null" : json_text(view.skipped)) + "}";
  out += "],\"violations\":[";
  for (const auto& found : it.found.all())
    out += std::string(out.back() == '[' ? "" : ",") + "{\"kind\":" + json_text(found.kind) +
           ",\"count\":" + std::to_string(found.count) + ",\"first\":" + json_text(found.first) + "}";
  return out + "]}\n";
}

bool is_memory(const store_options& options) { return options.uri == "memory:"; }

constexpr const char* no_file = "a store in memory lives in its node only; wanted --store sqlite:FILE";

} // namespace

int verify_store(store_options options, const registry& hosted, bool json) {
  if (is_memory(options)) return fail(no_file);
  options.read_only = true;
  auto opened = open_store(options);
  if (!opened) return fail(opened.error().what);
  progress_line line;
  const auto report = verify(**opened, hosted, [&](const verify_progress& it) {
    line.show(progress_bar("verify", it.events_done, it.events_total, line.seconds()));
  });
  if (!report) return fail("the store can't be read: " + report.error().what);
  const auto seconds = line.seconds();
  line.clear();
  if (json)
    std::fputs(report_json(*report, options.uri, seconds).c_str(), stdout);
  else
    print_report(*report, options.uri, seconds);
  return report->found.none() ? 0 : 1;
}

int export_store(store_options options, const std::string& file) {
  if (is_memory(options)) return fail(no_file);
  if (file != "-" && std::filesystem::exists(file)) return fail(file + ": exists already; choose another file");
  options.read_only = true;
  auto opened = open_store(options);
  if (!opened) return fail(opened.error().what);
  std::ofstream to_file;
  if (file != "-") to_file.open(file, std::ios::binary);
  std::ostream& out = file == "-" ? std::cout : to_file;
  if (!out) return fail(file + ": can't be written");
  progress_line line;
  const auto moved =
      export_events(**opened, out, [&](std::uint64_t events) { line.show("export: " + grouped(events) + " events"); });
  if (!moved) return fail(moved.error());
  line.clear();
  std::fprintf(stderr, "exported %s events in %s\n", grouped(moved->events).c_str(),
               rate(moved->events, line.seconds()).c_str());
  return 0;
}

int import_store(store_options options, const std::string& file) {
  if (is_memory(options)) return fail(no_file);
  std::ifstream from_file;
  if (file != "-") from_file.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : from_file;
  if (!in) return fail(file + ": can't be read");
  progress_line line;
  const auto open = [&](std::uint32_t shards) {
    options.shards = shards;
    return open_store(options);
  };
  const auto moved =
      import_events(in, open, [&](std::uint64_t events) { line.show("import: " + grouped(events) + " events"); });
  line.clear();
  if (!moved) return fail(file + ": " + moved.error());
  std::fprintf(stderr, "imported %s events of %s streams in %s; views are made when a node starts\n",
               grouped(moved->events).c_str(), grouped(moved->streams).c_str(),
               rate(moved->events, line.seconds()).c_str());
  return 0;
}

} // namespace stele::admin
