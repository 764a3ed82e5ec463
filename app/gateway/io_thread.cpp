#include "app/gateway/io_thread.hpp"

namespace stele::gateway {

io_thread::io_thread(std::shared_ptr<watchdog> dog) : loop_(std::make_shared<loop>(std::move(dog))) {
  loop_->look_around();
  thread_ = std::thread{[kept = loop_] { kept->context.run(); }};
}

void io_thread::stop() {
  if (!thread_.joinable()) return;
  loop_->context.stop();
  if (thread_.get_id() == std::this_thread::get_id())
    thread_.detach();
  else
    thread_.join();
}

/// The timer that always waits also keeps the io_context running.
void io_thread::loop::look_around() {
  timer.expires_after(std::chrono::milliseconds{100});
  timer.async_wait([this](boost::system::error_code why) {
    if (why) return;
    dog->check(steady_ms());
    look_around();
  });
}

} // namespace stele::gateway
