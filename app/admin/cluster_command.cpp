#include "app/admin/cluster_command.hpp"

#include "app/admin/node_call.hpp"
#include "app/admin/raw_json.hpp"
#include "app/admin/table.hpp"
#include "app/signals.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdio>

namespace stele::admin {

namespace {

constexpr int watch_every_ms = 1000;

using rows = std::vector<std::vector<std::string>>;

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string range(std::uint64_t first, std::uint64_t last) {
  return first == last ? std::to_string(first) : std::to_string(first) + '-' + std::to_string(last);
}

/// Rising numbers: `0-5, 9`.
std::string ranges(const std::vector<std::string_view>& numbers) {
  std::string text;
  for (std::size_t at = 0; at < numbers.size();) {
    const auto first = number(numbers[at]);
    auto last = first;
    while (++at < numbers.size() && number(numbers[at]) == last + 1) ++last;
    text += (text.empty() ? "" : ", ") + range(first, last);
  }
  return text;
}

std::vector<std::string_view> items(std::string_view object, std::string_view name) {
  return raw_items(raw_value(object, name).value_or("[]"));
}

std::string counted(const std::string& count, const std::string& one) {
  return count + ' ' + one + (count == "1" ? "" : "s");
}

std::string title(std::string_view answer) {
  const auto of = [answer](std::string_view name) { return plain_value(answer, name); };
  return "seen from node " + of("node") + " (" + of("name") + ", " + of("status") + "): view " + of("view") + ", " +
         of("lease_left_ms") + " ms of its lease left\n" +
         "since it started: " + counted(of("take_overs"), "take-over") + ", " + counted(of("hand_overs"), "shard") +
         " given away, " + counted(of("commands_forwarded"), "command") + " forwarded\n";
}

std::string members_table(std::string_view answer) {
  rows all{{"node", "name", "status", "shards", "connected", "lease_left_ms", "weight", "build", "cluster", "gateway",
            "http"}};
  for (const auto it : items(answer, "members")) {
    const auto of = [it](std::string_view name) { return plain_value(it, name); };
    all.push_back({of("node"), of("name"), of("status"), std::to_string(items(it, "shards").size()),
                   of("connected") == "true" ? "yes" : "no", of("lease_left_ms"), of("weight"), of("build"),
                   of("cluster"), of("gateway"), of("http")});
  }
  return table(all);
}

std::string shards_table(std::string_view answer) {
  rows all{{"owner", "shards"}};
  for (const auto it : items(answer, "members"))
    if (const auto owned = items(it, "shards"); !owned.empty()) all.push_back({plain_value(it, "name"), ranges(owned)});
  if (const auto none = items(answer, "unowned"); !none.empty()) all.push_back({"nobody", ranges(none)});
  if (const auto moving = items(answer, "moving"); !moving.empty()) all.push_back({"(moving)", ranges(moving)});
  return table(all);
}

std::string views_table(std::string_view answer) {
  rows all{{"view", "state", "lag_events", "lag_ms"}};
  for (const auto it : items(answer, "views"))
    all.push_back(
        {plain_value(it, "view"), plain_value(it, "state"), plain_value(it, "lag_events"), plain_value(it, "lag_ms")});
  return table(all);
}

/// On a terminal the next answer takes the place of the last.
void begin_page() {
  static const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  if (terminal) std::fputs("\x1b[H\x1b[2J", stdout);
}

bool show_once(node_call& call, const node_options& node, bool over) {
  const auto answer = call.request("GET", "/cluster");
  if (!answer) return false;
  if (over && !node.json) begin_page();
  std::fputs((node.json ? *answer + '\n' : cluster_text(*answer) + (over ? "\n" : "")).c_str(), stdout);
  std::fflush(stdout);
  return true;
}

} // namespace

std::string cluster_text(std::string_view answer) {
  return title(answer) + '\n' + members_table(answer) + '\n' + shards_table(answer) + '\n' + views_table(answer);
}

int show_cluster(const node_options& node, bool watch) {
  node_call call(node);
  if (!watch) return show_once(call, node, false) ? 0 : 1;
  take_signals();
  do
    if (!show_once(call, node, true)) return 1;
  while (!wait_for_end(watch_every_ms));
  return 0;
}

} // namespace stele::admin
