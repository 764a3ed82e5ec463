#include "app/cluster/link_keeper.hpp"

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "app/cluster/link_limits.hpp"
#include "app/gateway/guarded_scribe.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace stele::cluster {

namespace {

/// Of a BASP payload, beside the bytes of the frame in it.
constexpr std::size_t basp_overhead_max = 64;

/// A peer that was only to be reached is kept so long after that: it is about to become a member.
constexpr std::int64_t kept_ms = 5000;

gateway::guarded_connection guarded(caf::actor_system& system, link_parts& parts, const gateway::dialed& call) {
  gateway::filter_rules rules;
  rules.payload_bytes_max = static_cast<std::uint32_t>(parts.settings.frame_bytes_max + basp_overhead_max);
  rules.self = gateway::wire_node(system);
  rules.we_accepted = false; // Nothing is published: a peer can answer, and nothing else.
  return {call.socket, rules, call.held_by, parts.dialer->dog(), write_buffer_bytes_max(parts.settings), call.session};
}

} // namespace

ended_call::~ended_call() {
  if (const auto* call = std::get_if<gateway::dialed>(&how); call && !taken) gateway::hang_up(*call);
}

link_keeper::link_keeper(caf::actor_config& config, std::shared_ptr<link_parts> parts, caf::actor basp_broker)
    : caf::event_based_actor(config), parts_(std::move(parts)), broker_(std::move(basp_broker)) {}

caf::behavior link_keeper::make_behavior() {
  set_default_handler(caf::drop);
  return {[this](const keep_peers& it) { keep(it); },
          [this](tell_news& it) { tell_ = std::move(it.tell); },
          [this](const probe_peer& it) { probe(it); },
          [this](reach_peer& it) { reach(std::move(it)); },
          [this](const dial_ended& it) { hear(it); },
          [this](const connection_up& it) { hear(it); },
          [this](const connection_lost& it) { hear(it); },
          [this](const dial_again& it) {
            if (auto* found = find(it.peer, it.call); found && found->at == phase::pausing) dial(it.peer, *found);
          },
          [this](const look_at_waiting& it) { give_up_waiting(it.peer); }};
}

void link_keeper::on_exit() {
  while (!peers_.empty()) drop(peers_.begin()->first);
  broker_ = nullptr;
  tell_ = nullptr;
  parts_.reset();
}

void link_keeper::keep(const keep_peers& it) {
  std::set<node_number> kept;
  for (const auto& [number, address] : it.peers) {
    kept.insert(number);
    want(number, address);
  }
  std::vector<node_number> gone;
  for (const auto& [number, known] : peers_)
    if (known.wanted && kept.count(number) == 0) gone.push_back(number);
  for (const auto number : gone) drop(number);
}

void link_keeper::want(node_number number, const std::string& address) {
  auto found = peers_.find(number);
  if (found != peers_.end() && found->second.address != address) {
    drop(number);
    found = peers_.end();
  }
  if (found == peers_.end()) {
    auto& made = peers_[number];
    made.address = address;
    parts_->outboxes.add(number);
    return dial(number, made);
  }
  if (!std::exchange(found->second.wanted, true) && found->second.at == phase::up) tell(number, found->second, true);
}

void link_keeper::drop(node_number number) {
  auto& it = peers_.at(number);
  if (it.connection) send_exit(it.connection, caf::exit_reason::user_shutdown);
  for (auto& waiting : it.waiting) waiting.reply({false, it.fault});
  parts_->outboxes.remove(number);
  peers_.erase(number);
}

void link_keeper::reach(reach_peer it) {
  const auto number = it.peer;
  const auto left_ms = std::max<std::int64_t>(0, (it.until_us - system_clock().steady_us()) / 1000);
  const auto [found, is_new] = peers_.try_emplace(number);
  auto& target = found->second;
  if (is_new) {
    target.address = it.address;
    target.wanted = false;
    parts_->outboxes.add(number);
    dial(number, target);
  }
  target.kept_until_us = std::max(target.kept_until_us, it.until_us + 1000 * kept_ms);
  delayed_send(this, std::chrono::milliseconds{left_ms + kept_ms + 1}, look_at_waiting{number});
  if (target.at == phase::up) return it.reply({true, {}});
  target.waiting.push_back(std::move(it));
  delayed_send(this, std::chrono::milliseconds{left_ms + 1}, look_at_waiting{number});
}

/// Answers those whose time is over; forgets a peer that nobody wants.
void link_keeper::give_up_waiting(node_number number) {
  const auto found = peers_.find(number);
  if (found == peers_.end()) return;
  auto& it = found->second;
  const auto now = system_clock().steady_us();
  for (auto& waiting : std::exchange(it.waiting, {}))
    if (now >= waiting.until_us)
      waiting.reply({false, it.fault});
    else
      it.waiting.push_back(std::move(waiting));
  if (!it.wanted && it.waiting.empty() && now >= it.kept_until_us) drop(number);
}

void link_keeper::probe(const probe_peer& it) {
  const auto found = peers_.find(it.peer);
  if (found == peers_.end()) return;
  auto& known = found->second;
  known.told.reset();
  known.plan.look_anew();
  if (known.at == phase::up) return tell(it.peer, known, true);
  if (known.at == phase::pausing) dial(it.peer, known);
}

void link_keeper::dial(node_number number, peer& it) {
  it.at = phase::dialing;
  it.call = ++last_call_;
  parts_->dialer->dial(
      it.address, parts_->settings.handshake_ms_max, parts_->tls,
      [keeper = caf::actor_cast<caf::actor_addr>(this), number, call = it.call](gateway::dial_result how) {
        auto ended = std::make_shared<ended_call>(std::move(how));
        if (const auto alive = caf::actor_cast<caf::actor>(keeper))
          caf::anon_send(alive, dial_ended{number, call, std::move(ended)});
      });
}

void link_keeper::hear(const dial_ended& ended) {
  auto* it = find(ended.peer, ended.call);
  if (it == nullptr) return;
  if (const auto* failure = std::get_if<gateway::dial_failure>(&ended.it->how))
    return failed(ended.peer, *it, failure->why, failure->refused);
  const auto& call = std::get<gateway::dialed>(ended.it->how);
  ended.it->taken = true;
  connection_parts made;
  made.peer = ended.peer;
  made.connection = it->call;
  made.self = parts_->self;
  made.settings = parts_->settings;
  made.basp_broker = broker_;
  made.scribe = gateway::make_guarded_scribe(system(), guarded(system(), *parts_, call));
  made.socket = call.held_by;
  made.outbox = parts_->outboxes.add(ended.peer);
  it->at = phase::shaking;
  it->connection = spawn<peer_connection>(caf::actor_cast<caf::actor>(this), std::move(made));
}

void link_keeper::hear(const connection_up& up) {
  auto* it = find(up.peer, up.connection);
  if (it == nullptr) return;
  it->at = phase::up;
  it->plan.look_anew();
  it->up_since_us = system_clock().steady_us();
  for (auto& waiting : std::exchange(it->waiting, {})) waiting.reply({true, {}});
  tell(up.peer, *it, true);
}

void link_keeper::hear(const connection_lost& lost) {
  auto* it = find(lost.peer, lost.connection);
  if (it == nullptr) return;
  it->connection = nullptr;
  const bool was_up = it->at == phase::up;
  if (!was_up || !it->plan.held((system_clock().steady_us() - it->up_since_us) / 1000))
    return failed(lost.peer, *it, lost.why, lost.replaced);
  it->fault = lost.why;
  tell(lost.peer, *it, false);
  dial(lost.peer, *it); // A connection that worked is worth a try at once.
}

void link_keeper::failed(node_number number, peer& it, std::string why, bool refused) {
  it.fault = std::move(why);
  const bool gone = it.plan.failed(refused);
  tell(number, it, false);
  if (gone && it.wanted && tell_) tell_({number, false, true});
  it.at = phase::pausing;
  it.call = ++last_call_;
  delayed_send(this, std::chrono::milliseconds{it.plan.pause_ms(system_random().next())}, dial_again{number, it.call});
}

void link_keeper::tell(node_number number, peer& it, bool connected) {
  if (!it.wanted || it.told == connected) return;
  it.told = connected;
  if (tell_) tell_({number, connected, false});
}

link_keeper::peer* link_keeper::find(node_number number, std::uint64_t call) {
  const auto found = peers_.find(number);
  return found == peers_.end() || found->second.call != call ? nullptr : &found->second;
}

} // namespace stele::cluster
