// One thread for sockets that CAF doesn't own yet, and the watchdog's rounds.
#pragma once

#include "app/gateway/watchdog.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <thread>

namespace stele::gateway {

/// Runs an io_context until it is destroyed, and lets a watchdog look around ten times a second.
///
/// May be destroyed by its own thread too: that happens when the last one who needed it was one of its callbacks.
class io_thread {
public:
  explicit io_thread(std::shared_ptr<watchdog> dog);
  ~io_thread() { stop(); }
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  boost::asio::io_context& context() { return loop_->context; }
  const std::shared_ptr<watchdog>& dog() const { return loop_->dog; }

  /// Ends the thread. Operations still running never complete. Callbacks' objects are destroyed with the io_context.
  void stop();

private:
  struct loop {
    explicit loop(std::shared_ptr<watchdog> it) : dog(std::move(it)) {}
    void look_around();

    std::shared_ptr<watchdog> dog;
    boost::asio::io_context context{1};
    boost::asio::steady_timer timer{context};
  };

  std::shared_ptr<loop> loop_;
  std::thread thread_;
};

} // namespace stele::gateway
