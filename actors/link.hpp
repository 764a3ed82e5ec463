// Port: the way from this node to the others. `app/cluster` has the one over CAF's network; tests have their own.
#pragma once

#include "actors/command.hpp"
#include "actors/query.hpp"
#include "persistence/membership_store.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// Why another node did not answer.
enum class link_fault : std::uint8_t {
  not_sent, ///< There is no connection, or its window is full: the other node has not heard of it.
  lost      ///< The connection was lost, or no answer came in time: nobody knows what became of it.
};

/// What nodes tell each other about themselves once a second, and at once after something changed.
struct node_status {
  node_number number = 0;
  std::uint64_t view = 0; ///< The number of the newest view it has read.
  bool ready = false;
  std::vector<node_number> members;                           ///< Who is not dead in that view, in ascending order.
  std::vector<std::pair<shard_number, shard_position>> heads; ///< Of the shards it owns.
  /// Name of a view, and up to where its rows in the store hold everything of the shards the node owns.
  std::vector<std::pair<std::string, std::vector<std::pair<shard_number, shard_position>>>> written;
  friend bool operator==(const node_status&, const node_status&) = default;
};

/// Wait until a view holds everything of a shard up to a position.
struct await_written {
  std::string view;
  shard_number shard = 0;
  shard_position position = 0;
  std::int64_t wait_ms = 0; ///< It is answered then, whatever is written.
  friend bool operator==(const await_written&, const await_written&) = default;
};
struct written_up_to {
  shard_position position = 0; ///< May be below what was waited for, when the time was over.
  bool owner = true;           ///< False: the node asked does not own the shard; `position` means nothing.
  friend bool operator==(const written_up_to&, const written_up_to&) = default;
};

/// Connect to me, on a connection of your own, and say whether I answered: the way must be open both ways.
struct try_to_reach {
  node_number number = 0;
  std::string address; ///< `host:port` of the door for other nodes.
  std::int64_t wait_ms = 0;
  friend bool operator==(const try_to_reach&, const try_to_reach&) = default;
};
struct reached {
  bool yes = false;
  std::string why_not;
  friend bool operator==(const reached&, const reached&) = default;
};

using peer_question = std::variant<node_status, await_written, try_to_reach>;
using peer_answer = std::variant<node_status, written_up_to, reached>;

/// A command comes back from another node: done for good, or to be sent once more.
///   - an outcome: what that node said; `moved` and `closing` refusals say that it does not own the shard (any more);
///   - `not_sent`, `lost`: see there.
using forwarded_reply = std::function<void(std::variant<command_outcome, link_fault>)>;
using asked_reply = std::function<void(std::variant<query_outcome, link_fault>)>;
using peer_reply = std::function<void(std::variant<peer_answer, link_fault>)>;

/// What a node hears about the connection to another one.
struct link_news {
  node_number node = 0;
  bool connected = false;
  bool gone = false; ///< Not connected because two tries, 50 ms apart, were refused: its process is not there.
};

/// Requests at another node that are not answered yet.
struct peer_requests {
  node_number peer = 0;
  std::size_t under_way = 0; ///< Sent to it: as many as it takes at a time.
  std::size_t queued = 0;    ///< Waiting here until it takes more.
};

/// The way to other nodes. Safe from any thread; no call blocks; each `reply` is called once, from any thread, within
/// the time the question has, or with `lost` soon after. A connection is kept to every peer it was told of, made anew
/// with back-off when it is lost; what was under way on it is answered with `lost` at once.
class link {
public:
  virtual ~link() = default;

  /// Who the others are from now on. Connections to those not among them are closed.
  virtual void connect_to(std::vector<member> peers) = 0;

  /// Where to tell how connections fare. Before `connect_to`.
  virtual void on_news(std::function<void(link_news)> tell) = 0;

  /// Looks now whether the process of a peer is there, without waiting for the next try of its connection; the answer
  /// comes as news.
  virtual void probe(node_number peer) = 0;

  /// Hands a command to the owner of its shard. The command is not settled by the link.
  virtual void forward(node_number to, const command_ptr& it, forwarded_reply reply) = 0;

  /// Hands a look-up to the owner of the shard of its key.
  virtual void forward(node_number to, const query_ptr& it, std::int64_t wait_ms, asked_reply reply) = 0;

  virtual void ask(node_number to, peer_question it, std::int64_t wait_ms, peer_reply reply) = 0;

  /// Of each peer there is a connection to, where they are counted.
  virtual std::vector<peer_requests> requests() const { return {}; }
};

} // namespace stele
