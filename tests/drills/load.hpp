// Callers who send commands to a node that may die under them, and keep book of what they were told.
#pragma once

#include "app/http/http_client.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace drill {

/// One command, and what its caller knows of it. `key` is a UUID, so that it is the command id in the log.
struct sent_command {
  std::string key, order_id, method, target, body;
  unsigned status = 0;       ///< Of the acknowledgement; 0: nobody knows what became of it.
  std::uint64_t version = 0; ///< As acknowledged.
};

/// Acknowledgements of all callers: who waits for the moment to strike waits here.
class progress {
public:
  explicit progress(std::size_t callers) : callers_(callers) {}

  void count();
  void leave(); ///< A caller found the node gone.
  void stop();
  bool stopped() const { return stopped_; }
  std::uint64_t counted();
  void pause(); ///< What a caller does who was told to try again: a moment, or until it is stopped.
  /// True when `count` was called so often; false when every caller left before.
  bool wait_for(std::uint64_t acknowledgements);

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t callers_;
  std::uint64_t counted_ = 0;
  std::atomic<bool> stopped_ = false;
};

/// One caller: one command at a time. What was not acknowledged is sent again, with the same key, before anything else.
/// Belongs to one thread while it runs.
class caller {
public:
  caller(std::uint32_t number, std::uint64_t seed) : number_(number), random_(seed) {}

  /// Makes the order that all callers add to. Once, before the first `run` of any of them.
  void create_shared(std::uint16_t port, std::vector<std::string>& broken);

  /// Sends until the node dies or `so_far` is stopped. What must not happen is appended to `broken`.
  void run(std::uint16_t port, progress& so_far, std::vector<std::string>& broken);

  /// Sends the open command until there is an answer. For a node nobody kills.
  void settle_open(std::uint16_t port, std::vector<std::string>& broken);

  const std::vector<sent_command>& acknowledged() const { return acknowledged_; }
  const std::optional<sent_command>& open() const { return open_; } ///< Sent, and no answer yet.

private:
  sent_command next();
  sent_command create(const std::string& order_id);
  sent_command add_item(const std::string& order_id);
  std::string make_key();
  bool deliver(stele::http::http_client& node, sent_command& it, std::vector<std::string>& broken);
  void settle(sent_command it);
  void repeat_one(stele::http::http_client& node, std::vector<std::string>& broken);

  std::uint32_t number_;
  std::uint64_t made_ = 0;
  std::mt19937_64 random_;
  std::vector<std::string> live_; ///< Orders of this caller that can still be changed.
  std::vector<sent_command> acknowledged_;
  std::optional<sent_command> open_;
};

/// The order everybody adds to, so that one aggregate is hot.
inline const std::string shared_order = "shared";

} // namespace drill
