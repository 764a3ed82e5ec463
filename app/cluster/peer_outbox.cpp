#include "app/cluster/peer_outbox.hpp"

#include "app/cluster/link_limits.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace stele::cluster {

bool peer_outbox::put(outgoing& it) {
  std::lock_guard lock{mutex_};
  if (!connection_ || requests_ >= requests_max_) return false;
  if (requests_ > 0 && bytes_ + it.bytes.size() > queue_bytes_max) return false;
  ++requests_;
  bytes_ += it.bytes.size();
  waiting_.push_back(std::move(it));
  if (waiting_.size() == 1) caf::anon_send(connection_, requests_wait{});
  return true;
}

void peer_outbox::open(caf::actor connection) {
  std::lock_guard lock{mutex_};
  connection_ = std::move(connection);
  requests_ = bytes_ = under_way_ = 0;
}

std::vector<outgoing> peer_outbox::take() {
  std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

std::vector<outgoing> peer_outbox::close() {
  std::lock_guard lock{mutex_};
  connection_ = nullptr;
  return std::exchange(waiting_, {});
}

void peer_outbox::let_go(std::size_t request_bytes) {
  std::lock_guard lock{mutex_};
  --requests_;
  bytes_ -= request_bytes;
}

void peer_outbox::sent_now(std::size_t requests) {
  std::lock_guard lock{mutex_};
  under_way_ = requests;
}

std::optional<outbox_counts> peer_outbox::counts() const {
  std::lock_guard lock{mutex_};
  if (!connection_) return std::nullopt;
  return outbox_counts{under_way_, requests_ - std::min(requests_, under_way_)};
}

outbox_ptr outbox_table::find(node_number peer) const {
  std::shared_lock lock{mutex_};
  const auto found = outboxes_.find(peer);
  return found == outboxes_.end() ? nullptr : found->second;
}

outbox_ptr outbox_table::add(node_number peer) {
  std::lock_guard lock{mutex_};
  auto& it = outboxes_[peer];
  if (!it) it = std::make_shared<peer_outbox>(requests_max_);
  return it;
}

void outbox_table::remove(node_number peer) {
  std::lock_guard lock{mutex_};
  outboxes_.erase(peer);
}

std::vector<peer_requests> outbox_table::counts() const {
  std::shared_lock lock{mutex_};
  std::vector<peer_requests> found;
  for (const auto& [peer, outbox] : outboxes_)
    if (const auto it = outbox->counts()) found.push_back({peer, it->under_way, it->queued});
  return found;
}

} // namespace stele::cluster
