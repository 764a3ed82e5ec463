// The way to other nodes over CAF's network, behind the guard.
#pragma once

#include "actors/link.hpp"
#include "app/cluster/peer_protocol.hpp"
#include "app/cluster/settings.hpp"
#include "app/security/caf_tls.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace stele::cluster {

/// The columns of a view of this program; null when it has none of that name. Outlives the link.
using schema_finder = std::function<const table_schema*(std::string_view view)>;

/// One connection to each peer, all in one actor system that only dials. Replies and news come from its threads.
class peer_link final : public link {
public:
  /// Who `self` is must be known: the store has given the node its number. Without `tls` all is plain.
  peer_link(const cluster_settings& settings, peer_identity self, security::caf_tls_ptr tls, schema_finder schemas);
  ~peer_link() override; ///< Stops.
  peer_link(const peer_link&) = delete;
  peer_link& operator=(const peer_link&) = delete;

  void connect_to(std::vector<member> peers) override;
  void on_news(std::function<void(link_news)> tell) override;
  void probe(node_number peer) override;
  void forward(node_number to, const command_ptr& it, forwarded_reply reply) override;
  void forward(node_number to, const query_ptr& it, std::int64_t wait_ms, asked_reply reply) override;
  void ask(node_number to, peer_question it, std::int64_t wait_ms, peer_reply reply) override;
  std::vector<peer_requests> requests() const override;

  /// Connects to a node that need not be among the peers, and answers within `wait_ms` whether it did: the serving side
  /// of `try_to_reach`. The connection is kept for some seconds, until the node is a peer.
  void reach(node_number number, std::string address, std::int64_t wait_ms, std::function<void(reached)> reply);

  /// Answers all that is open with `lost` or `not_sent`, and from now on everything with `not_sent`. No reply and no
  /// news comes after it. Blocks; the second call does nothing. Not from a reply.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele::cluster
