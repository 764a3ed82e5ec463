// Stands in for a node of a cluster: its door, its link, and answers that can be held back.
#pragma once

#include "app/cluster/cluster_door.hpp"
#include "app/cluster/peer_link.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele::test {

/// Every wait ends after ten seconds. Over TLS if the settings name its files.
class node_stand_in {
public:
  explicit node_stand_in(node_number number, cluster_settings settings = {}, uuid history = own_history);
  ~node_stand_in();

  void open_door(std::uint16_t port = 0);
  void close_door() { door_.reset(); }
  cluster::cluster_door& door() { return *door_; }
  std::string address() const { return address_; } ///< Of the door.
  cluster::peer_link& link() { return *link_; }

  member as_member() const; ///< As others know it.
  void know(const std::vector<const node_stand_in*>& others);

  bool wait_connected(node_number peer, bool connected = true);
  bool wait_gone(node_number peer);
  bool was_gone(node_number peer);
  void forget_news();

  void hold(); ///< Commands wait from now on.
  void release();
  bool wait_for_held(std::size_t count);

  std::vector<command_ptr> commands();
  std::vector<query_ptr> queries();
  void forget_what_came(); ///< Both.

  std::function<void(query_ptr)> on_query;
  std::function<void(peer_question, std::function<void(peer_answer)>)> on_question;

  static const uuid own_history;
  static const table_schema schema;

private:
  bool heard_gone(node_number peer) const;
  bool wait_until(const std::function<bool()>& holds);
  void submit(const command_ptr& it);

  const node_number number_;
  cluster_settings settings_;
  const cluster::peer_identity self_;
  const security::caf_tls_ptr tls_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<link_news> news_;
  bool holding_ = false;
  std::vector<command_ptr> held_, commands_;
  std::vector<query_ptr> queries_;
  std::string address_;
  std::unique_ptr<cluster::peer_link> link_;
  std::unique_ptr<cluster::cluster_door> door_;
};

/// Waits for one reply.
template <class Value>
class reply_box {
public:
  std::function<void(Value)> taker() {
    return [state = state_](Value it) {
      std::lock_guard lock{state->mutex};
      state->values.push_back(std::move(it));
      state->changed.notify_all();
    };
  }

  /// Nothing: it did not come within ten seconds.
  std::optional<Value> wait() {
    std::unique_lock lock{state_->mutex};
    const bool came = state_->changed.wait_for(lock, std::chrono::seconds{10}, [&] { return !state_->values.empty(); });
    return came ? std::optional<Value>{state_->values.front()} : std::nullopt;
  }

  std::size_t count() {
    std::lock_guard lock{state_->mutex};
    return state_->values.size();
  }

private:
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Value> values;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

using command_reply = std::variant<command_outcome, link_fault>;
using query_reply = std::variant<query_outcome, link_fault>;
using answer_reply = std::variant<peer_answer, link_fault>;

command_ptr some_command(const std::string& id = "7", std::int64_t time_left_ms = 10'000);
query_ptr some_lookup(const std::string& key = "7");

/// Whether a reply is this fault.
template <class Reply>
bool is(const std::optional<Reply>& it, link_fault fault) {
  const auto* found = it ? std::get_if<link_fault>(&*it) : nullptr;
  return found != nullptr && *found == fault;
}

} // namespace stele::test
