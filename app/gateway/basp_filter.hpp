// Reads what a BASP peer sent and rebuilds, byte by byte, the few frames we allow. Bytes in, bytes or a verdict out.
#pragma once

#include "app/gateway/basp_header.hpp"
#include "app/gateway/node_table.hpp"

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stele::gateway {

/// Why a connection is cut. `ok`: it isn't.
enum class verdict : std::uint8_t {
  ok,
  bad_operation, ///< An operation CAF has, but we don't need, or one it hasn't.
  bad_flags,
  bad_padding,
  too_long, ///< The header announces more than is allowed.
  bad_handshake,
  too_early,       ///< A message before the handshake.
  node_taken,      ///< Another connection has that node id: its replies would go to the thief.
  bad_ids,         ///< Node ids that are not the peer's and ours, or a request without a sender.
  bad_destination, ///< An actor the peer was never shown.
  bad_message_id,  ///< Neither a request of normal priority nor a reply.
  bad_layout,      ///< Not the one layout a message of ours has.
  bad_type,        ///< A message of another type.
  too_many_sources,
  unasked_reply,
  too_many_requests,
  too_fast,
  count_
};

std::string_view to_string(verdict it);

/// What one end of a connection lets in.
struct filter_rules {
  std::string message_type = "stele::frame"; ///< The only one; its value is one vector of bytes.
  std::uint32_t payload_bytes_max = 1u << 20;
  std::uint32_t handshake_bytes_max = 512;
  node_bytes self{};               ///< Our own node id.
  std::uint64_t published = 0;     ///< The one actor a peer may ask; 0: none.
  bool we_accepted = true;         ///< The peer sends the client's handshake, else the server's.
  std::size_t sources_max = 256;   ///< Actors of the peer; each is a proxy here.
  std::size_t requests_max = 1024; ///< Of the peer, not answered yet.
  double frames_per_second = 0;    ///< 0: no limit.
  double frames_burst = 0;
  std::shared_ptr<node_table> nodes; ///< Of the peers connected; null: any number of connections a node.
};

/// The guard of one connection.
///
/// CAF trusts its peers: a header can kill the process or make it allocate 4 GiB, a message can stop any actor. So CAF
/// gets to see only frames that were understood whole and written anew by us. Used by one thread at a time; knows no
/// socket and no clock.
class basp_filter {
public:
  explicit basp_filter(filter_rules rules);
  ~basp_filter(); ///< Gives the peer's node id free.
  basp_filter(const basp_filter&) = delete;
  basp_filter& operator=(const basp_filter&) = delete;

  /// Takes bytes of the peer and appends the complete, allowed frames to `out`. Anything but `ok`: close the
  /// connection.
  verdict feed(std::span<const char> bytes, std::vector<char>& out);

  /// Watches what CAF sent: only answers to open requests may come in, only actors the peer was shown may be watched.
  void sent(std::span<const char> bytes);

  void refill(double seconds);                           ///< Time went by: frames are allowed again.
  bool ready() const { return steps_ == 2; }             ///< The handshake is complete.
  bool partial() const { return !received_.empty(); }    ///< A frame has begun and not ended.
  std::size_t unanswered() const { return unanswered_; } ///< Requests of the peer.

private:
  verdict check(const basp_header& header) const;
  verdict check_handshake(const basp_header& header) const;
  verdict pass(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_client_handshake(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_server_handshake(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_monitor(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_down(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_message(const basp_header& header, std::span<const char> payload, std::vector<char>& out);
  verdict pass_content(const basp_header& header, std::span<const char> payload, std::vector<char>& out) const;
  std::optional<verdict> check_reply(const basp_header& header);
  std::optional<verdict> check_request(const basp_header& header);
  verdict add_source(std::uint64_t source);
  verdict claim();
  bool between_us(std::span<const char> payload) const;
  void note_sent(const basp_header& header);

  filter_rules rules_;
  std::string type_line_; ///< As a message of ours begins: `@<>+stele::frame`.
  std::vector<char> received_;
  std::vector<char> sent_header_; ///< The part of a header CAF has written so far.
  std::size_t sent_payload_left_ = 0;
  node_bytes peer_{};
  bool claimed_ = false;
  int steps_ = 0; ///< Of the handshake: 2 are all.
  std::unordered_set<std::uint64_t> sources_, shown_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> asked_; ///< (our actor, request number) that CAF sent.
  std::size_t unanswered_ = 0;
  double frames_left_;
};

} // namespace stele::gateway
