#include "app/http/cluster_json.hpp"

#include "app/http/object_text.hpp"

#include <algorithm>

namespace stele::http {
namespace {

std::string list_of(const std::vector<shard_number>& shards) {
  std::string out = "[";
  for (const auto shard : shards) out += (out.size() > 1 ? "," : "") + std::to_string(shard);
  return out + ']';
}

bool is_connected(const cluster_report& from, node_number to) {
  return to == from.me || std::find(from.connected.begin(), from.connected.end(), to) != from.connected.end();
}

/// By its own clock what this node has left of its lease, by the store's what the others had when they were looked at.
std::int64_t lease_left_ms(const cluster_report& from, const member& of) {
  return of.number == from.me ? from.lease_left_ms : std::max<std::int64_t>(0, of.lease_left_ms);
}

std::string member_json(const cluster_report& from, const member& it) {
  object_text out;
  out.whole("node", it.number).text("name", it.name).text("status", to_string(it.status));
  out.boolean("connected", is_connected(from, it.number)).number("lease_left_ms", lease_left_ms(from, it));
  out.number("weight", it.at.weight).number("build", it.at.build);
  out.text("cluster", it.at.cluster).text("gateway", it.at.gateway).text("http", it.at.http);
  return out.raw("shards", list_of(shards_of(from, it.number))).finish();
}

std::string members_json(const cluster_report& from) {
  std::string out = "[";
  for (const auto& it : from.view.members) out += (out.size() > 1 ? "," : "") + member_json(from, it);
  return out + ']';
}

std::string views_json(const std::vector<view_report>& views) {
  std::string out = "[";
  for (const auto& it : views)
    out += (out.size() > 1 ? "," : "") + object_text()
                                             .text("view", it.view)
                                             .text("state", it.state)
                                             .whole("lag_events", it.lag_events)
                                             .number("lag_ms", it.lag_ms)
                                             .finish();
  return out + ']';
}

const member* own_entry(const cluster_report& it) {
  for (const auto& each : it.view.members)
    if (each.number == it.me) return &each;
  return nullptr;
}

} // namespace

std::string_view to_string(member_status it) {
  switch (it) {
  case member_status::joining:
    return "joining";
  case member_status::active:
    return "active";
  case member_status::leaving:
    return "leaving";
  case member_status::dead:
    return "dead";
  }
  return "dead";
}

member_status own_status(const cluster_report& it) {
  const auto* mine = own_entry(it);
  return mine ? mine->status : member_status::dead;
}

std::vector<shard_number> shards_of(const cluster_report& it, node_number owner) {
  std::vector<shard_number> found;
  for (shard_number shard = 0; shard < it.view.shards.size(); ++shard)
    if (it.view.shards[shard].node == owner) found.push_back(shard);
  return found;
}

std::string cluster_json(const cluster_report& it, const std::vector<view_report>& views,
                         const node_counters& counters) {
  const auto* mine = own_entry(it);
  object_text out;
  out.whole("node", it.me).text("name", mine ? mine->name : "").text("status", to_string(own_status(it)));
  out.whole("view", it.view.number).number("lease_left_ms", it.lease_left_ms);
  out.raw("members", members_json(it)).raw("unowned", list_of(shards_of(it, 0))).raw("moving", list_of(it.moving));
  out.raw("views", views_json(views));
  out.whole("take_overs", counters.take_overs).whole("hand_overs", counters.hand_overs);
  return out.whole("commands_forwarded", counters.commands_forwarded).finish();
}

} // namespace stele::http
