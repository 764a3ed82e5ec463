#include "app/check/report.hpp"

#include "app/admin/raw_json.hpp"
#include "app/admin/table.hpp"
#include "app/logging.hpp"

#include <array>
#include <cstdio>

namespace stele::check {

namespace {

using admin::grouped;

struct promise_name {
  std::string_view promise, words;
};

constexpr std::array<promise_name, 13> promise_names = {
    {{"P1", "what was answered is in the store, as it was answered"},
     {"P3", "what was refused has no effect"},
     {"P4", "a stream's answers fit one order of its versions, by the rules and in real time"},
     {"P5", "one effect for a command"},
     {"P6", "a retry gets the first answer"},
     {"P7", "versions of a stream without gaps"},
     {"P8", "positions of a shard without gaps, streams in their shard"},
     {"P10", "all events of a command together, or none"},
     {"P11", "a row is the fold of its events"},
     {"P13", "a query with a token shows what the token holds"},
     {"P14", "a client never sees an older state after a newer one"},
     {"P15", "what is older than it claims to be is marked stale"},
     {"P16", "a snapshot is what its events add up to"}}};

std::string time_text(const report& it) {
  char time[32];
  std::snprintf(time, sizeof time, "%.2f s", it.seconds);
  const auto each_second = static_cast<double>(it.what.seen.operations) / std::max(it.seconds, 1e-3);
  return std::string(time) + " (" + grouped(static_cast<std::uint64_t>(each_second)) + " operations/s)";
}

std::string json_counts(const counts& it) {
  std::string out;
  const auto count = [&out](const char* name, std::uint64_t value) {
    out.append(",\"").append(name).append("\":").append(std::to_string(value));
  };
  count("operations", it.operations);
  count("commands", it.commands);
  count("reads", it.reads);
  count("rows", it.rows);
  count("unknown", it.unknown);
  count("streams", it.streams);
  count("streams_told", it.streams_told);
  count("events", it.events);
  count("snapshots", it.snapshots);
  count("effects_told", it.effects_told);
  count("effects_untold", it.effects_untold);
  return out;
}

} // namespace

std::string_view promise_words(std::string_view promise) {
  for (const auto& it : promise_names)
    if (it.promise == promise) return it.words;
  return {};
}

std::string to_text(const report& it) {
  const auto& seen = it.what.seen;
  std::vector<std::vector<std::string>> rows{{"checked", "count", "what"}};
  rows.push_back({"operations", grouped(seen.operations), grouped(seen.unknown) + " of unknown outcome"});
  rows.push_back({"commands", grouped(seen.commands), grouped(seen.effects_told) + " took effect"});
  rows.push_back({"reads", grouped(seen.reads), grouped(seen.rows) + " rows compared with the model"});
  rows.push_back(
      {"streams", grouped(seen.streams), "replayed by the model; the history speaks of " + grouped(seen.streams_told)});
  rows.push_back({"events", grouped(seen.events), grouped(seen.effects_untold) + " commands of others"});
  rows.push_back({"snapshots", grouped(seen.snapshots), "compared with the model"});
  auto out = admin::table(rows);
  if (it.cut_line != 0)
    out += "line " + std::to_string(it.cut_line) + ", the last of the history, is cut short and was left out\n";
  for (const auto& found : it.what.found.all())
    out += found.kind + " (" + std::string(promise_words(found.kind)) + "), " + grouped(found.count) +
           (found.count == 1 ? " time: " : " times, first: ") + escape_control_characters(found.first) + "\n";
  return out + it.history + " and " + it.store + ": " + (it.what.found.none() ? "clean" : "BROKEN PROMISES") + ", " +
         grouped(seen.operations) + " operations in " + time_text(it) + "\n";
}

std::string to_json(const report& it) {
  std::string out = "{\"history\":" + admin::json_text(it.history) + ",\"store\":" + admin::json_text(it.store) +
                    ",\"clean\":" + (it.what.found.none() ? "true" : "false") + json_counts(it.what.seen) +
                    ",\"cut_line\":" + (it.cut_line == 0 ? "null" : std::to_string(it.cut_line)) +
                    ",\"milliseconds\":" + std::to_string(static_cast<std::uint64_t>(it.seconds * 1000)) +
                    ",\"violations\":[";
  for (const auto& found : it.what.found.all())
    out += std::string(out.back() == '[' ? "" : ",") + "{\"promise\":" + admin::json_text(found.kind) +
           ",\"means\":" + admin::json_text(promise_words(found.kind)) + ",\"count\":" + std::to_string(found.count) +
           ",\"first\":" + admin::json_text(found.first) + "}";
  return out + "]}\n";
}

} // namespace stele::check
