// Cuts connections that are late: with the handshake, or in the middle of a frame. Also counts what became of all.
#pragma once

#include "app/gateway/basp_filter.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace stele::gateway {

/// What happened to connections. Any thread adds and reads.
struct connection_counts {
  std::atomic<std::uint64_t> accepted{0}, refused{0}, late{0}, slow_readers{0};
  std::atomic<std::uint64_t> handshakes_failed{0}, too_often{0}; ///< Over TLS.
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(verdict::count_)> by_verdict{};

  std::map<std::string, std::uint64_t> refused_by_reason() const; ///< Reasons that occurred.
};

/// What the watchdog may do to a connection that belongs to CAF: look at its times, and shut its socket.
///
/// The socket is shut under a lock, and released under the same lock before CAF closes it: a number that the system has
/// given to another socket since is never shut by mistake.
class leash {
public:
  leash(int socket, std::int64_t now_ms) : socket_(socket), since_ms_(now_ms) {}

  void pull();    ///< Shuts the socket in both directions: CAF sees the end of it.
  void release(); ///< The socket is about to be closed by its owner.

  /// From the reading side after each read.
  void note_progress(bool ready, bool partial, bool frames_done, std::int64_t now_ms);
  void note_unanswered(std::size_t count) { unanswered_ = count; }

  bool late(std::int64_t now_ms, std::int64_t handshake_ms_max, std::int64_t partial_frame_ms_max) const;
  std::size_t unanswered() const { return unanswered_; }

private:
  std::mutex mutex_;
  int socket_;
  const std::int64_t since_ms_;
  std::atomic<std::int64_t> partial_since_ms_{0}; ///< 0: no frame is partial.
  std::atomic<bool> ready_{false};
  std::atomic<std::size_t> unanswered_{0};
};

/// Knows every living connection of one door. Safe from any thread; somebody calls `check` every now and then.
class watchdog {
public:
  watchdog(std::int64_t handshake_ms_max, std::int64_t partial_frame_ms_max)
      : handshake_ms_max_(handshake_ms_max), partial_frame_ms_max_(partial_frame_ms_max) {}

  std::int64_t handshake_ms_max() const { return handshake_ms_max_; }

  /// False, and nothing is added, when `connections_max` live already.
  bool add(const std::shared_ptr<leash>& it, std::size_t connections_max);

  void check(std::int64_t now_ms); ///< Cuts who is late.
  std::size_t connections();       ///< That live.
  std::size_t unanswered();        ///< Requests of all of them that wait for a reply.
  void cut_all();

  void note_answered();                                   ///< Some connection has no unanswered request left.
  void wait_answered(std::chrono::milliseconds wait_max); ///< Until no connection has one.

  connection_counts counts;

private:
  template <class Function>
  void for_each(Function&& function);

  const std::int64_t handshake_ms_max_, partial_frame_ms_max_;
  std::mutex mutex_;
  std::list<std::weak_ptr<leash>> living_;

  std::atomic<bool> somebody_waits_{false};
  std::mutex answered_mutex_;
  std::condition_variable answered_;
};

/// Milliseconds of the steady clock: what leashes count in.
std::int64_t steady_ms();

} // namespace stele::gateway
