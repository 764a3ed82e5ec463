#include "app/cluster/peer_connection.hpp"

#include "actors/clock.hpp"
#include "app/cluster/link_limits.hpp"
#include "app/cluster/peer_codec.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace stele::cluster {

namespace {

constexpr std::chrono::milliseconds look_around_pause{50};

refusal too_large(std::size_t bytes, std::size_t bytes_max) {
  return {refusal_kind::too_large,
          "request_too_large",
          "On its way to the node that owns it this takes " + std::to_string(bytes) +
              " bytes, cluster.frame-bytes-max is " + std::to_string(bytes_max) + ": nothing was done.",
          {}};
}

} // namespace

peer_connection::peer_connection(caf::actor_config& config, caf::actor keeper, connection_parts parts)
    : caf::event_based_actor(config), keeper_(std::move(keeper)), parts_(std::move(parts)),
      window_(parts_.settings.requests_max), frame_bytes_max_(parts_.settings.frame_bytes_max) {}

caf::behavior peer_connection::make_behavior() {
  set_default_handler(caf::drop);
  set_down_handler([this](caf::down_msg& it) { lose("The connection was lost: " + system().render(it.reason) + "."); });
  shake_hands();
  return {[this](const requests_wait&) {
            for (auto& it : parts_.outbox->take()) waiting_.push_back(std::move(it));
            pump();
          },
          [this](const look_for_late&) { look_around(); }};
}

void peer_connection::on_exit() {
  answer_all();
  keeper_ = nullptr;
  peer_ = nullptr;
  parts_ = {};
}

/// What was sent may have been done; the rest was not.
void peer_connection::answer_all() {
  if (std::exchange(ended_, true)) return;
  parts_.socket->pull();
  if (peer_)
    for (auto& it : parts_.outbox->close()) waiting_.push_back(std::move(it));
  for (auto& [number, it] : std::exchange(under_way_, {}))
    if (it.done) it.done(link_fault::lost);
  for (auto& it : std::exchange(waiting_, {})) it.done(link_fault::not_sent);
}

void peer_connection::shake_hands() {
  constexpr std::uint16_t any_key = 1;
  request(parts_.basp_broker, std::chrono::milliseconds{parts_.settings.handshake_ms_max}, caf::connect_atom_v,
          std::move(parts_.scribe), any_key)
      .then(
          [this](const caf::node_id&, const caf::strong_actor_ptr& peer, const std::set<std::string>&) {
            if (!peer) return lose("The peer publishes nothing.");
            peer_ = caf::actor_cast<caf::actor>(peer);
            monitor(peer_);
            say_hello();
          },
          [this](const caf::error& why) { lose("The handshake failed: " + system().render(why) + "."); });
}

void peer_connection::say_hello() {
  request(peer_, std::chrono::milliseconds{parts_.settings.handshake_ms_max}, frame{encode(peer_hello{parts_.self})})
      .then([this](const frame& bytes) { hear_welcome(bytes); },
            [this](const caf::error& why) { lose("The hello was not answered: " + system().render(why) + "."); });
}

void peer_connection::hear_welcome(const frame& bytes) {
  auto decoded = decode_peer_response(bytes.bytes);
  if (auto* why = std::get_if<std::string>(&decoded)) return lose(std::move(*why));
  const auto& response = std::get<peer_response>(decoded);
  if (const auto* why = std::get_if<no_answer>(&response)) return lose("The peer refused: " + why->why);
  const auto* it = std::get_if<peer_welcome>(&response);
  if (it == nullptr || it->who.history != parts_.self.history) return lose("The peer is no node of this store.");
  if (it->who.number != parts_.peer)
    return lose("Node " + std::to_string(it->who.number) + " answers at the address of node " +
                    std::to_string(parts_.peer) + ".",
                true);
  window_ = std::clamp<std::size_t>(it->requests_max, 1, window_);
  frame_bytes_max_ = std::min<std::size_t>(it->frame_bytes_max, frame_bytes_max_);
  parts_.outbox->open(caf::actor_cast<caf::actor>(this));
  send(keeper_, connection_up{parts_.peer, parts_.connection});
}

bool peer_connection::may_send(const outgoing& it) const {
  return under_way_.size() < window_ &&
         (under_way_.empty() || bytes_under_way_ + it.bytes.size() <= bytes_in_flight_max(parts_.settings));
}

void peer_connection::pump() {
  while (!waiting_.empty() && may_send(waiting_.front())) {
    auto it = std::move(waiting_.front());
    waiting_.pop_front();
    if (it.bytes.size() > frame_bytes_max_)
      answer(it, too_large(it.bytes.size(), frame_bytes_max_));
    else
      send_out(std::move(it));
  }
  if (ended_ || looking_around_ || (waiting_.empty() && under_way_.empty())) return;
  looking_around_ = true;
  delayed_send(this, look_around_pause, look_for_late{});
}

/// Without a time limit of CAF's: `look_around` keeps the time.
void peer_connection::send_out(outgoing it) {
  const auto number = ++last_number_;
  bytes_under_way_ += it.bytes.size();
  under_way_.emplace(number, under_way{std::move(it.done), it.bytes.size(), it.give_up_us});
  parts_.outbox->sent_now(under_way_.size());
  request(peer_, caf::infinite, frame{std::move(it.bytes)})
      .then([this, number](const frame& bytes) { finish(number, bytes); },
            [this](const caf::error& why) { lose("A request failed: " + system().render(why) + "."); });
}

void peer_connection::finish(std::uint64_t number, const frame& bytes) {
  const auto found = under_way_.find(number);
  if (found == under_way_.end()) return;
  auto it = std::move(found->second);
  under_way_.erase(found);
  bytes_under_way_ -= it.bytes;
  parts_.outbox->let_go(it.bytes);
  parts_.outbox->sent_now(under_way_.size());
  auto decoded = decode_peer_response(bytes.bytes);
  if (it.done) {
    if (auto* response = std::get_if<peer_response>(&decoded))
      it.done(std::move(*response));
    else
      it.done(link_fault::lost);
  }
  pump();
}

void peer_connection::answer(outgoing& it, std::variant<peer_response, link_fault> how) {
  parts_.outbox->let_go(it.bytes.size());
  it.done(std::move(how));
}

/// What was sent keeps its place in the window: the peer still works on it.
void peer_connection::look_around() {
  const auto now = system_clock().steady_us();
  for (auto& [number, it] : under_way_)
    if (it.done && now > it.give_up_us) std::exchange(it.done, nullptr)(link_fault::lost);
  std::deque<outgoing> rest;
  for (auto& it : std::exchange(waiting_, {}))
    if (now > it.give_up_us)
      answer(it, link_fault::not_sent);
    else
      rest.push_back(std::move(it));
  waiting_ = std::move(rest);
  looking_around_ = false;
  pump();
}

/// The keeper hears of it when the outbox is closed: the next connection opens it again.
void peer_connection::lose(std::string why, bool replaced) {
  if (ended_) return;
  answer_all();
  send(keeper_, connection_lost{parts_.peer, parts_.connection, std::move(why), replaced});
  quit();
}

} // namespace stele::cluster
