#include "app/load/http_nodes.hpp"

#include "app/load/load_actor.hpp"

#include <algorithm>
#include <mutex>

namespace stele::load {

namespace {

constexpr std::int64_t round_pause_ms = 50; ///< Before all nodes are tried once more.

bool is_worth_another_node(const http_reply& it) { return it.status == 0 || it.status == 503 || it.status == 504; }

bool is_perhaps_done(const http_reply& it) { return it.status == 504 || (it.status == 0 && it.sent); }

} // namespace

struct http_nodes::request_under_way {
  http_request what;
  std::size_t home = 0, tries = 0;
  std::int64_t give_up_ns = 0;
  bool perhaps_done = false;
  std::function<void(http_reply)> done;
};

http_nodes::http_nodes(const std::vector<http::node_access>& nodes, std::size_t connections)
    : present_(new std::atomic<std::size_t>[nodes.size()]) {
  const auto each = std::max<std::size_t>(1, connections / nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    present_[i] = i;
    nodes_.push_back(std::make_unique<http_connections>(nodes[i], each, nodes.size() > 1));
  }
}

http_nodes::~http_nodes() {
  const std::unique_lock lock(mutex_);
  ended_ = true;
}

void http_nodes::send(http_request it, std::size_t begins_at, std::int64_t limit_ms,
                      std::function<void(http_reply)> done) {
  auto made = std::make_shared<request_under_way>();
  made->what = std::move(it);
  made->home = begins_at;
  made->give_up_ns = now_ns() + limit_ms * 1'000'000;
  made->done = std::move(done);
  attempt(made, present_[begins_at], 0);
}

void http_nodes::attempt(const under_way_ptr& it, std::size_t node, std::int64_t pause_ms) {
  const std::shared_lock lock(mutex_);
  if (ended_) return it->done({0, "the load is over", it->perhaps_done});
  ++it->tries;
  nodes_[node]->send(
      it->what, [this, it, node](http_reply how) { take(it, node, std::move(how)); },
      std::chrono::milliseconds(pause_ms));
}

bool http_nodes::is_over(const request_under_way& it) const {
  return count() == 1 || (it.tries >= count() && now_ns() >= it.give_up_ns);
}

void http_nodes::take(const under_way_ptr& it, std::size_t node, http_reply how) {
  if (!is_worth_another_node(how)) return it->done(std::move(how));
  it->perhaps_done = it->perhaps_done || is_perhaps_done(how);
  const auto next = (node + 1) % count();
  auto left = node;
  present_[it->home].compare_exchange_strong(left, next);
  if (!is_over(*it)) return attempt(it, next, it->tries % count() == 0 ? round_pause_ms : 0);
  const bool said_no =
      it->perhaps_done && !is_perhaps_done(how); // Of this try only: an earlier one may have been done.
  it->done(said_no ? http_reply{0, "no answer: " + how.body, true} : std::move(how));
}

} // namespace stele::load
