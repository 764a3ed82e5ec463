#include "app/http/metrics.hpp"

#include "app/http/cluster_json.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <sstream>

namespace stele::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class families {
public:
  void add(MetricType type, std::string name, std::string help, const counter& value) {
    open(type, std::move(name), std::move(help));
    sample({}, static_cast<double>(value.load(std::memory_order_relaxed)));
  }

  void open(MetricType type, std::string name, std::string help) {
    MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    list_.push_back(std::move(family));
  }

  void sample(std::vector<ClientMetric::Label> labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (list_.back().type == MetricType::Gauge)
      metric.gauge.value = value;
    else
      metric.counter.value = value;
    list_.back().metric.push_back(std::move(metric));
  }

  /// `unit`: how many of what was added make one of what is shown.
  void add(std::string name, std::string help, const histogram& from, double unit) {
    open(MetricType::Histogram, std::move(name), std::move(help));
    ClientMetric metric;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i + 1 < from.buckets.size(); ++i) {
      below += from.buckets[i].load(std::memory_order_relaxed);
      // Bucket i holds whole numbers below 2^i; Prometheus wants "less or equal".
      const auto bound = static_cast<double>((std::uint64_t{1} << i) - 1) / unit;
      metric.histogram.bucket.push_back({below, bound});
    }
    metric.histogram.sample_count = below + from.buckets.back().load(std::memory_order_relaxed);
    metric.histogram.sample_sum = static_cast<double>(from.sum.load(std::memory_order_relaxed)) / unit;
    list_.back().metric.push_back(std::move(metric));
  }

  std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, list_);
    return out.str();
  }

private:
  std::vector<MetricFamily> list_;
};

double value_of(const counter& it) { return static_cast<double>(it.load(std::memory_order_relaxed)); }

void add_commands(families& out, const node_counters& node) {
  out.open(MetricType::Counter, "stele_commands_total", "Commands by result.");
  out.sample({{"result", "accepted"}}, value_of(node.commands_accepted));
  out.sample({{"result", "unchanged"}}, value_of(node.commands_unchanged));
  out.sample({{"result", "repeated"}}, value_of(node.commands_repeated));
  out.sample({{"result", "refused"}}, value_of(node.commands_refused));
  out.sample({{"result", "shed"}}, value_of(node.commands_shed));
  out.sample({{"result", "failed"}}, value_of(node.commands_failed));
  out.sample({{"result", "unknown"}}, value_of(node.commands_unknown));
  out.add("stele_command_seconds", "From the admission of a command to its answer.", node.command_us, 1e6);
  out.add(MetricType::Gauge, "stele_commands_in_flight", "Commands not answered yet.", node.commands_in_flight);
}

void add_store(families& out, const node_counters& node) {
  out.add("stele_batch_events", "Events in one commit.", node.batch_events, 1);
  out.add("stele_commit_seconds", "Time of one commit.", node.commit_us, 1e6);
  out.add(MetricType::Counter, "stele_batches_total", "Commits.", node.batches);
  out.add(MetricType::Counter, "stele_batches_failed_total", "Commits that failed.", node.batches_failed);
  out.add(MetricType::Counter, "stele_outcomes_unknown_total", "Commits nobody could tell the end of at first.",
          node.outcomes_unknown);
  out.add(MetricType::Counter, "stele_alarms_total", "Contradictions between memory and store.", node.alarms);
}

void add_aggregates(families& out, const node_counters& node) {
  out.add(MetricType::Gauge, "stele_aggregates_live", "Aggregates in memory.", node.aggregates_live);
  out.add(MetricType::Gauge, "stele_aggregates_live_bytes", "Their states, roughly.", node.aggregates_live_bytes);
  out.add(MetricType::Counter, "stele_aggregates_loaded_total", "Aggregates loaded from the store.",
          node.aggregates_loaded);
  out.add(MetricType::Counter, "stele_aggregates_retired_total", "Aggregates that left memory.",
          node.aggregates_retired);
  out.add(MetricType::Counter, "stele_snapshots_saved_total", "Snapshots saved.", node.snapshots_saved);
  out.add(MetricType::Counter, "stele_rollbacks_total", "Aggregates taken back to their durable state.",
          node.rollbacks);
}

void add_queries(families& out, const node_counters& node) {
  out.open(MetricType::Counter, "stele_queries_total", "Queries by result; stale ones are answered ones too.");
  out.sample({{"result", "answered"}}, value_of(node.queries_answered));
  out.sample({{"result", "stale"}}, value_of(node.queries_stale));
  out.sample({{"result", "refused"}}, value_of(node.queries_refused));
  out.sample({{"result", "shed"}}, value_of(node.queries_shed));
  out.add("stele_query_seconds", "From the admission of a query to its answer.", node.query_us, 1e6);
  out.add(MetricType::Gauge, "stele_queries_in_flight", "Queries not answered yet.", node.queries_in_flight);
  out.add(MetricType::Gauge, "stele_waiters", "Queries that wait for a version.", node.waiters);
}

void add_followers(families& out, const node_counters& node) {
  out.add(MetricType::Gauge, "stele_followers", "Requests for events of the whole store that are open.",
          node.followers);
  out.add(MetricType::Counter, "stele_followers_shed_total", "Such requests refused: too many were open.",
          node.followers_shed);
}

void add_views(families& out, const node_counters& node, const std::vector<view_report>& views) {
  out.add(MetricType::Counter, "stele_events_folded_total", "Events folded into rows.", node.events_folded);
  out.add(MetricType::Counter, "stele_rows_written_total", "Rows written.", node.rows_written);
  out.add(MetricType::Counter, "stele_guard_refusals_total", "Writes of rows the checkpoint refused.",
          node.guard_refusals);
  out.add(MetricType::Counter, "stele_poison_events_total", "Events that stopped a shard of a view.",
          node.poison_events);
  out.add(MetricType::Counter, "stele_catch_up_reads_total", "Reads of events that were not handed over in memory.",
          node.catch_up_reads);
  if (views.empty()) return;
  out.open(MetricType::Gauge, "stele_view_lag_events", "Events not in the view yet.");
  for (const auto& it : views) out.sample({{"view", it.view}}, static_cast<double>(it.lag_events));
  out.open(MetricType::Gauge, "stele_view_lag_seconds", "Age of the oldest event not in the view yet.");
  for (const auto& it : views) out.sample({{"view", it.view}}, static_cast<double>(it.lag_ms) / 1e3);
  out.open(MetricType::Gauge, "stele_view_stopped_shards", "Shards of the view that stopped at an event.");
  for (const auto& it : views) out.sample({{"view", it.view}}, static_cast<double>(it.stopped.size()));
  out.open(MetricType::Gauge, "stele_view_in_trouble", "1 while the store keeps the view behind: GET /views says why.");
  for (const auto& it : views) out.sample({{"view", it.view}}, it.trouble.empty() ? 0.0 : 1.0);
}

void add_shards(families& out, const node_counters& node) {
  out.add(MetricType::Counter, "stele_commands_forwarded_total", "Commands sent to the nodes that own their shards.",
          node.commands_forwarded);
  out.add(MetricType::Counter, "stele_hand_overs_total", "Shards given to other nodes.", node.hand_overs);
  out.add(MetricType::Counter, "stele_take_overs_total", "Nodes whose shards this one took.", node.take_overs);
  out.add(MetricType::Counter, "stele_lanes_fenced_total", "Lanes another node took the shards of.", node.lanes_fenced);
}

void add_members(families& out, const cluster_report& place) {
  constexpr std::array all{member_status::joining, member_status::active, member_status::leaving, member_status::dead};
  const auto mine = own_status(place);
  out.open(MetricType::Gauge, "stele_member_status", "1 for what this node is among the others.");
  for (const auto each : all) out.sample({{"status", std::string(to_string(each))}}, each == mine ? 1 : 0);
  std::array<double, all.size()> counts{};
  for (const auto& it : place.view.members) ++counts[static_cast<std::size_t>(it.status)];
  out.open(MetricType::Gauge, "stele_members", "Nodes that are not dead.");
  for (const auto each : all)
    if (each != member_status::dead)
      out.sample({{"status", std::string(to_string(each))}}, counts[static_cast<std::size_t>(each)]);
}

void add_links(families& out, const cluster_report& place) {
  out.open(MetricType::Gauge, "stele_links_connected", "Nodes there is a connection to.");
  out.sample({}, static_cast<double>(place.connected.size()));
  if (place.requests.empty()) return;
  out.open(MetricType::Gauge, "stele_link_requests_under_way", "Requests sent to another node and not answered yet.");
  for (const auto& it : place.requests)
    out.sample({{"node", std::to_string(it.peer)}}, static_cast<double>(it.under_way));
  out.open(MetricType::Gauge, "stele_link_requests_queued", "Requests that wait until another node takes more.");
  for (const auto& it : place.requests) out.sample({{"node", std::to_string(it.peer)}}, static_cast<double>(it.queued));
}

void add_cluster(families& out, const cluster_report& place) {
  const auto gauge = [&out](std::string name, std::string help, double value) {
    out.open(MetricType::Gauge, std::move(name), std::move(help));
    out.sample({}, value);
  };
  gauge("stele_cluster_view", "Number of the newest view of the cluster this node has read.",
        static_cast<double>(place.view.number));
  gauge("stele_lease_left_seconds", "For how long nobody can take over from this node, by its own clock.",
        static_cast<double>(place.lease_left_ms) / 1e3);
  gauge("stele_shards_owned", "Shards of this node.", static_cast<double>(shards_of(place, place.me).size()));
  gauge("stele_shards_moving", "Shards this node is giving away.", static_cast<double>(place.moving.size()));
  add_members(out, place);
  add_links(out, place);
}

void add_server(families& out, const server_counters& server) {
  out.open(MetricType::Counter, "stele_http_answers_total", "Answers by class of status.");
  out.sample({{"class", "2xx"}}, value_of(server.answers_2xx));
  out.sample({{"class", "4xx"}}, value_of(server.answers_4xx));
  out.sample({{"class", "5xx"}}, value_of(server.answers_5xx));
  out.add("stele_http_request_seconds", "From a request read to its answer.", server.request_us, 1e6);
  out.add(MetricType::Gauge, "stele_http_connections", "Open connections.", server.connections_open);
  out.add(MetricType::Gauge, "stele_http_requests_in_work", "Requests not answered yet.", server.requests_in_work);
  out.add(MetricType::Gauge, "stele_http_streams", "Streams of events being sent.", server.streams_open);
  out.add(MetricType::Counter, "stele_http_connections_refused_total", "Connections over a limit.",
          server.connections_refused);
  out.add(MetricType::Counter, "stele_http_refused_unread_total", "Requests refused before a route was looked for.",
          server.refused_unread);
  out.add(MetricType::Counter, "stele_http_denied_total", "Requests without a key that allows them.", server.denied);
  out.add(MetricType::Counter, "stele_http_handshakes_failed_total",
          "Connections that spoke no TLS, or had no certificate of the right authority.", server.handshakes_failed);
  out.add(MetricType::Counter, "stele_http_timed_out_total", "Connections given up for slowness.", server.timed_out);
}

} // namespace

std::string metrics_text(const node_counters& node, const server_counters* server,
                         const std::vector<view_report>& views, const cluster_report* place) {
  families out;
  add_commands(out, node);
  add_store(out, node);
  add_aggregates(out, node);
  add_queries(out, node);
  add_followers(out, node);
  add_views(out, node, views);
  add_shards(out, node);
  if (place) add_cluster(out, *place);
  if (server) add_server(out, *server);
  return out.text();
}

} // namespace stele::http
