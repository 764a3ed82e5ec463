// A server with a few routes of the test's own, on a free port.
#pragma once

#include "app/http/server.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace stele::http {

/// Replies that wait for the test to give them.
class held_replies {
public:
  void put(std::string path, reply it);
  /// Waits until so many have come.
  void wait_for(std::size_t count);
  void answer(std::size_t index, response it);
  std::vector<std::string> paths();

private:
  std::mutex guard_;
  std::condition_variable came_;
  std::vector<std::pair<std::string, reply>> held_;
};

/// `GET` and `POST /echo` answer with the body at once, `GET /held/{name}` when the test says so, `GET /big` with eight
/// MiB, `GET /broken` throws.
struct small_server {
  explicit small_server(http_settings settings = {});

  held_replies held;
  std::shared_ptr<server_counters> counters = std::make_shared<server_counters>();
  std::unique_ptr<server> door;
  std::uint16_t port = 0;
};

} // namespace stele::http
