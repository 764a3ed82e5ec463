#include "tests/app/cluster/node_stand_in.hpp"

#include "actors/clock.hpp"
#include "app/cluster/cluster_tls.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace stele::test {

const uuid node_stand_in::own_history = hash_to_uuid("the store of the test");
const table_schema node_stand_in::schema{
    "order_views",
    {{"order_id", column_type::text, false}, {"total", column_type::money, false}, {"note", column_type::text, true}},
    {}};

node_stand_in::node_stand_in(node_number number, cluster_settings settings, uuid history)
    : number_(number), settings_(std::move(settings)), self_{history, number, 1}, tls_(*cluster::read_tls(settings_)) {
  on_query = [](const query_ptr& it) { it->answer(refusal{refusal_kind::not_found, "no_row", "None.", {}}); };
  on_question = [](const peer_question&, const std::function<void(peer_answer)>& reply) { reply(node_status{}); };
  open_door();
  link_ = std::make_unique<cluster::peer_link>(
      settings_, self_, tls_, [](std::string_view view) { return view == schema.name ? &schema : nullptr; });
  link_->on_news([this](link_news it) {
    std::lock_guard lock{mutex_};
    news_.push_back(it);
    changed_.notify_all();
  });
}

node_stand_in::~node_stand_in() {
  door_.reset();
  link_.reset();
}

void node_stand_in::open_door(std::uint16_t port) {
  settings_.port = port;
  auto opened = cluster::open_cluster_door(settings_, self_, tls_);
  if (const auto* why = std::get_if<std::string>(&opened)) throw std::runtime_error(*why);
  door_ = std::move(std::get<std::unique_ptr<cluster::cluster_door>>(opened));
  address_ = door_->address();
  door_->serve({[this](const command_ptr& it) { submit(it); },
                [this](query_ptr it) {
                  {
                    std::lock_guard lock{mutex_};
                    queries_.push_back(it);
                  }
                  on_query(std::move(it));
                },
                [this](peer_question it, std::function<void(peer_answer)> reply) {
                  on_question(std::move(it), std::move(reply));
                }});
}

member node_stand_in::as_member() const {
  member it;
  it.number = number_;
  it.status = member_status::active;
  it.at.cluster = address_;
  return it;
}

void node_stand_in::know(const std::vector<const node_stand_in*>& others) {
  std::vector<member> members;
  for (const auto* it : others) members.push_back(it->as_member());
  link_->connect_to(std::move(members));
}

bool node_stand_in::wait_until(const std::function<bool()>& holds) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{10}, holds);
}

bool node_stand_in::wait_connected(node_number peer, bool connected) {
  return wait_until([&] {
    const auto last = std::find_if(news_.rbegin(), news_.rend(), [&](const auto& it) { return it.node == peer; });
    return last != news_.rend() && last->connected == connected;
  });
}

bool node_stand_in::wait_gone(node_number peer) {
  return wait_until([&] { return heard_gone(peer); });
}

bool node_stand_in::was_gone(node_number peer) {
  std::lock_guard lock{mutex_};
  return heard_gone(peer);
}

bool node_stand_in::heard_gone(node_number peer) const {
  return std::any_of(news_.begin(), news_.end(), [&](const auto& it) { return it.node == peer && it.gone; });
}

void node_stand_in::forget_news() {
  std::lock_guard lock{mutex_};
  news_.clear();
}

void node_stand_in::submit(const command_ptr& it) {
  {
    std::lock_guard lock{mutex_};
    commands_.push_back(it);
    if (holding_) {
      held_.push_back(it);
      changed_.notify_all();
      return;
    }
  }
  settle(*it, acceptance{4, 2, 17, true, false});
}

void node_stand_in::hold() {
  std::lock_guard lock{mutex_};
  holding_ = true;
}

void node_stand_in::release() {
  std::vector<command_ptr> held;
  {
    std::lock_guard lock{mutex_};
    holding_ = false;
    held = std::exchange(held_, {});
  }
  for (const auto& it : held) settle(*it, acceptance{4, 2, 17, true, false});
}

bool node_stand_in::wait_for_held(std::size_t count) {
  return wait_until([&] { return held_.size() >= count; });
}

std::vector<command_ptr> node_stand_in::commands() {
  std::lock_guard lock{mutex_};
  return commands_;
}

void node_stand_in::forget_what_came() {
  std::lock_guard lock{mutex_};
  commands_.clear();
  queries_.clear();
}

std::vector<query_ptr> node_stand_in::queries() {
  std::lock_guard lock{mutex_};
  return queries_;
}

command_ptr some_command(const std::string& id, std::int64_t time_left_ms) {
  command_ptr it{new command};
  it->stream_id = "order-" + id;
  it->type = "ship_order";
  it->body = R"({"carrier":"ada"})";
  it->metadata = R"({"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})";
  it->command_id = hash_to_uuid(id);
  it->expected_version = 3;
  it->deadline = system_clock().now() + time_left_ms;
  return it;
}

query_ptr some_lookup(const std::string& key) {
  query_ptr it{new query};
  it->view = "order_views";
  it->key = key;
  it->after = make_token(node_stand_in::own_history, 2, 17);
  return it;
}

} // namespace stele::test
