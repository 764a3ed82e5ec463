#include "app/admin/node_commands.hpp"

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "app/admin/node_call.hpp"
#include "app/admin/raw_json.hpp"
#include "app/admin/table.hpp"

#include <cstdio>
#include <filesystem>

namespace stele::admin {

namespace {

using http::percent_encode;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// Members of an object, one a line.
std::string members_table(std::string_view object) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : raw_members(object)) rows.push_back({name, plain(value)});
  return table(rows);
}

// Objects with the same members, one a row.
std::string items_table(std::string_view items) {
  std::vector<std::vector<std::string>> rows;
  for (const auto item : raw_items(items)) {
    std::vector<std::string> names, cells;
    for (const auto& [name, value] : raw_members(item)) {
      names.push_back(name);
      cells.push_back(plain(value));
    }
    if (rows.empty()) rows.push_back(std::move(names));
    rows.push_back(std::move(cells));
  }
  return table(rows);
}

// "stale" in words, for answers that are; empty for those that are current.
std::string staleness(std::string_view answer) {
  if (plain_value(answer, "stale") != "true") return {};
  return "stale: the newest events are missing, " + plain_value(answer, "lag_ms") + " ms behind\n";
}

std::string new_key() {
  return to_string(make_uuid_v7(system_clock().now(), system_random().next(), system_random().next()));
}

} // namespace

std::string command_named(const registry& hosted, const std::string& aggregate, const std::string& word) {
  const auto* type = hosted.aggregate(aggregate);
  if (type == nullptr) return word;
  std::string found = word;
  for (const auto& name : type->command_types()) {
    if (name == word) return name;
    const auto begin = word + '_' + aggregate;
    if (name == begin || name.rfind(begin + '_', 0) == 0) found = name;
  }
  return found;
}

int send(const node_options& node, const registry& hosted, const send_request& what) {
  const auto command = command_named(hosted, what.aggregate, what.command);
  const auto key = what.key.empty() ? new_key() : what.key;
  const auto target =
      '/' + percent_encode(what.aggregate) + '/' + percent_encode(what.id) + '/' + percent_encode(command);
  node_call call(node);
  const auto answer = call.request("POST", target, what.body, {{"Idempotency-Key", key}});
  if (!answer && call.may_have_happened())
    std::fprintf(stderr, "it may have taken effect; to be sure, send it again with --key %s\n", key.c_str());
  if (answer) print(node.json ? *answer + '\n' : members_table(*answer));
  return answer ? 0 : 1;
}

int get(const node_options& node, const registry& hosted, const std::string& view, const std::string& key,
        const std::string& after) {
  auto name = view;
  if (hosted.view(view) == nullptr)
    for (const auto& it : hosted.views)
      if (it->definition().aggregate == view && !it->keys()) name = it->name();
  auto target = '/' + percent_encode(name) + '/' + percent_encode(key);
  if (!after.empty()) target += "?after=" + percent_encode(after);
  const auto answer = node_call(node).request("GET", target);
  if (answer) print(node.json ? *answer + '\n' : members_table(*answer));
  return answer ? 0 : 1;
}

int find(const node_options& node, const registry& hosted, const std::string& name,
         const std::vector<std::string>& parameters) {
  auto target = (hosted.query(name) != nullptr ? "/queries/" : "/") + percent_encode(name);
  char before = '?';
  for (const auto& it : parameters) {
    const auto equals = it.find('=');
    target += before + percent_encode(it.substr(0, equals)) + '=' + percent_encode(it.substr(equals + 1));
    before = '&';
  }
  const auto answer = node_call(node).request("GET", target);
  if (!answer) return 1;
  if (node.json) return print(*answer + '\n'), 0;
  print(items_table(raw_value(*answer, "items").value_or("[]")));
  print("page " + plain_value(*answer, "page") + " of " + plain_value(*answer, "total_pages") + ", " +
        plain_value(*answer, "total") + " found\n" + staleness(*answer));
  return 0;
}

namespace {

int state_of_stream(const node_options& node, const stream_request& what, const std::string& path) {
  const auto target =
      path + "/state?" +
      (what.at_version ? "at_version=" + std::to_string(*what.at_version) : "at=" + percent_encode(what.at));
  const auto answer = node_call(node).request("GET", target);
  if (!answer) return 1;
  if (node.json) return print(*answer + '\n'), 0;
  print("version " + plain_value(*answer, "version") + " at " + plain_value(*answer, "at") + '\n');
  print(members_table(raw_value(*answer, "state").value_or("{}")));
  return 0;
}

} // namespace

int stream(const node_options& node, const stream_request& what) {
  const auto path = '/' + percent_encode(what.aggregate) + '/' + percent_encode(what.id);
  if (what.at_version || !what.at.empty()) return state_of_stream(node, what, path);
  node_call call(node);
  std::vector<std::vector<std::string>> rows{{"version", "at", "type", "data"}};
  for (std::string last = "0";;) {
    const auto answer = call.request("GET", path + "/events?after_version=" + last);
    if (!answer) return 1;
    const auto items = raw_items(raw_value(*answer, "items").value_or("[]"));
    for (const auto item : items) {
      last = plain_value(item, "version");
      if (node.json) print(std::string(item) + '\n');
      rows.push_back({last, plain_value(item, "at"), plain_value(item, "type"), plain_value(item, "data")});
    }
    if (items.empty() || plain_value(*answer, "more") != "true") break;
  }
  if (!node.json) print(table(rows));
  return 0;
}

int backup(const node_options& node, const std::string& file) {
  const auto path = std::filesystem::absolute(file).lexically_normal().string();
  const auto answer = node_call(node).request("POST", "/backup", "{\"file\":" + json_text(path) + "}");
  if (answer) print(node.json ? *answer + '\n' : "a copy of the store is in " + path + '\n');
  return answer ? 0 : 1;
}

} // namespace stele::admin
