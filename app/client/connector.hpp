// Keeps a client connected: dials one server after the other, pauses between failures, replaces what was lost.
#pragma once

#include "app/client/link_actor.hpp"
#include "app/client/options.hpp"
#include "app/gateway/dialer.hpp"

#include <caf/event_based_actor.hpp>

#include <optional>
#include <string>

namespace stele {

/// From the dialer's thread to the client's actor.
struct call_ended {
  gateway::dial_result how;
};

/// The connection of one client actor, whose thread it lives in. At most one link, or one call, at a time.
class connector {
public:
  connector(caf::event_based_actor& owner, const client_options& options);

  /// Connects, unless there is a connection, or a call, or a pause that has not ended.
  void want(std::int64_t now_us);

  // What the owner's actor is told, it passes on. True from `up` and `lost`: it concerns the present link.
  void called(call_ended& it, std::int64_t now_us, std::uint64_t random);
  bool up(const link_up& it);
  bool lost(const link_lost& it, std::int64_t now_us, std::uint64_t random);

  /// The server is ending: the next one is dialed at once, and nothing more is heard of this one.
  void leave(std::int64_t now_us);
  bool is_present(std::uint64_t link) const { return link == number_; }

  bool connected() const { return up_; }
  void send(std::uint64_t request, std::vector<std::uint8_t> bytes);
  const std::string& fault() const { return fault_; } ///< Why the last try failed; empty: none did.
  void close();

private:
  void failed(std::string why, std::int64_t now_us, std::uint64_t random);

  caf::event_based_actor& owner_;
  const client_options& options_;
  gateway::dialer dialer_;
  caf::actor broker_;
  caf::actor link_;
  std::uint64_t number_ = 0; ///< Of the present link; another one while there is none.
  bool busy_ = false;        ///< A call, a handshake or a link.
  bool up_ = false;
  std::size_t next_server_ = 0;
  std::uint32_t failures_ = 0;
  std::int64_t next_try_us_ = 0;
  std::string fault_;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::call_ended)
