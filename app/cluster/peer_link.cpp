#include "app/cluster/peer_link.hpp"

#include "actors/clock.hpp"
#include "actors/scheduler.hpp"
#include "app/cluster/link_keeper.hpp"
#include "app/cluster/link_limits.hpp"
#include "app/cluster/peer_codec.hpp"
#include "app/gateway/guarded_scribe.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>

namespace stele::cluster {

namespace {

using answered = std::variant<peer_response, link_fault>;

struct dialing_config : caf::actor_system_config {
  explicit dialing_config(const cluster_settings& settings) {
    gateway::prepare_system(*this, settings.silence_ms_max);
    use_own_scheduler(*this, 2);
  }
};

std::uint32_t to_wire_ms(std::int64_t ms) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, UINT32_MAX));
}

std::int64_t give_up_us(std::int64_t wait_ms) {
  return system_clock().steady_us() + 1000 * (wait_ms + grace_ms + way_back_ms);
}

forwarded_command to_wire(const command& it) {
  const auto left_ms = it.deadline == 0 ? 0 : std::max<std::int64_t>(1, it.deadline - system_clock().now());
  return {it.stream_id, it.type, it.body, it.metadata, it.command_id, it.expected_version, to_wire_ms(left_ms)};
}

/// What became of a request, when it is neither a refusal nor what was asked for.
link_fault fault_in(const answered& it) {
  if (const auto* fault = std::get_if<link_fault>(&it)) return *fault;
  const auto* none = std::get_if<no_answer>(&std::get<peer_response>(it));
  return none && !none->taken ? link_fault::not_sent : link_fault::lost;
}

template <class Value>
const Value* value_in(const answered& it) {
  const auto* response = std::get_if<peer_response>(&it);
  return response ? std::get_if<Value>(response) : nullptr;
}

bool fits(const column& column, const field_value& value) {
  if (std::holds_alternative<std::monostate>(value)) return column.nullable;
  switch (column.type) {
  case column_type::real:
    return std::holds_alternative<double>(value);
  case column_type::text:
  case column_type::json:
    return std::holds_alternative<std::string>(value);
  default:
    return std::holds_alternative<std::int64_t>(value);
  }
}

bool fits(const table_schema& schema, const row_values& row) {
  return row.size() == schema.columns.size() &&
         std::equal(row.begin(), row.end(), schema.columns.begin(),
                    [](const field_value& value, const column& column) { return fits(column, value); });
}

query_outcome to_outcome(const forwarded_rows& it, const table_schema* schema, const std::string& view) {
  if (schema == nullptr ||
      !std::all_of(it.rows.begin(), it.rows.end(), [&](const auto& row) { return fits(*schema, row); }))
    return refusal{refusal_kind::unavailable,
                   "other_build",
                   "The node that has the row knows other columns of " + view + ": ask again when all run one version.",
                   {}};
  return found_rows{schema, {it.rows, it.total}, it.page_number, it.page_size, it.as_of};
}

} // namespace

struct peer_link::parts {
  parts(const cluster_settings& settings, peer_identity self, security::caf_tls_ptr tls, schema_finder finder)
      : shared(std::make_shared<link_parts>(settings, self, std::move(tls))), schemas(std::move(finder)),
        config(settings), system(config), broker(gateway::basp_broker_of(system)),
        keeper(system.spawn<link_keeper>(shared, broker)) {
    gateway::forget_actor_system();
  }

  void send(node_number to, outgoing it) {
    const auto outbox = stopped ? nullptr : shared->outboxes.find(to);
    if (!outbox || !outbox->put(it)) it.done(link_fault::not_sent);
  }

  const std::shared_ptr<link_parts> shared;
  const schema_finder schemas;
  dialing_config config;
  caf::actor_system system;
  caf::actor broker;
  caf::actor keeper;
  std::atomic<bool> stopped{false};
};

peer_link::peer_link(const cluster_settings& settings, peer_identity self, security::caf_tls_ptr tls,
                     schema_finder schemas)
    : parts_(std::make_unique<parts>(settings, self, std::move(tls), std::move(schemas))) {}

peer_link::~peer_link() { stop(); }

void peer_link::stop() {
  if (parts_->stopped.exchange(true)) return;
  caf::anon_send_exit(parts_->keeper, caf::exit_reason::user_shutdown);
  parts_->system.await_all_actors_done();
  parts_->shared->dialer.reset();
}

void peer_link::connect_to(std::vector<member> peers) {
  keep_peers made;
  for (auto& it : peers)
    if (it.number != parts_->shared->self.number && it.status != member_status::dead && !it.at.cluster.empty())
      made.peers.emplace_back(it.number, std::move(it.at.cluster));
  caf::anon_send(parts_->keeper, std::move(made));
}

void peer_link::on_news(std::function<void(link_news)> tell) {
  caf::anon_send(parts_->keeper, tell_news{std::move(tell)});
}

void peer_link::probe(node_number peer) { caf::anon_send(parts_->keeper, probe_peer{peer}); }

void peer_link::forward(node_number to, const command_ptr& it, forwarded_reply reply) {
  auto made = to_wire(*it);
  const auto wait_ms = made.time_left_ms == 0 ? answer_ms_max : made.time_left_ms;
  parts_->send(to, {encode(std::move(made)), give_up_us(wait_ms), [reply = std::move(reply)](const answered& how) {
                      if (const auto* done = value_in<acceptance>(how)) return reply(command_outcome{*done});
                      if (const auto* why = value_in<refusal>(how)) return reply(command_outcome{*why});
                      reply(fault_in(how));
                    }});
}

void peer_link::forward(node_number to, const query_ptr& it, std::int64_t wait_ms, asked_reply reply) {
  const forwarded_lookup made{it->view, it->key, it->after, to_wire_ms(wait_ms)};
  const auto* schema = parts_->schemas(it->view);
  parts_->send(
      to, {encode(made), give_up_us(wait_ms), [reply = std::move(reply), schema, view = it->view](const answered& how) {
             if (const auto* rows = value_in<forwarded_rows>(how)) return reply(to_outcome(*rows, schema, view));
             if (const auto* why = value_in<refusal>(how)) return reply(query_outcome{*why});
             reply(fault_in(how));
           }});
}

void peer_link::ask(node_number to, peer_question it, std::int64_t wait_ms, peer_reply reply) {
  const asked_question made{std::move(it), to_wire_ms(wait_ms)};
  parts_->send(to, {encode(made), give_up_us(wait_ms), [reply = std::move(reply)](const answered& how) {
                      if (const auto* answer = value_in<peer_answer>(how)) return reply(*answer);
                      if (value_in<refusal>(how)) return reply(link_fault::not_sent);
                      reply(fault_in(how));
                    }});
}

std::vector<peer_requests> peer_link::requests() const { return parts_->shared->outboxes.counts(); }

void peer_link::reach(node_number number, std::string address, std::int64_t wait_ms,
                      std::function<void(reached)> reply) {
  if (parts_->stopped) return reply({false, "the node is closing"});
  const auto until_us = system_clock().steady_us() + 1000 * wait_ms;
  caf::anon_send(parts_->keeper, reach_peer{number, std::move(address), until_us, std::move(reply)});
}

} // namespace stele::cluster
