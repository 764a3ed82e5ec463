// Stands between a program and its server, and loses what a test wants lost.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace stele::kit {

/// What happens to a request that holds the marked bytes. Each is done once.
enum class mishap {
  none,
  cut_before, ///< It does not arrive, and the connection is cut.
  cut_after,  ///< It arrives; its answer does not, and the connection is cut.
  hold_back   ///< The connection is cut, and it arrives when it is released.
};

/// Forwards connections to a port of 127.0.0.1, all in one thread.
class tcp_proxy {
public:
  explicit tcp_proxy(int to_port);
  ~tcp_proxy();
  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;

  int port() const { return port_; }

  void next(mishap what, std::string marked);

  /// Sends what was held back and waits until the server has answered it.
  void release();

private:
  struct line {
    int client = -1, server = -1;
    bool drop_answer = false;
  };

  void run();
  void accept_one();
  bool forward_request(line& it);
  bool forward_answer(line& it);

  const int to_port_;
  int listener_ = -1, port_ = 0;
  std::vector<line> lines_; ///< Of the thread.
  std::mutex mutex_;
  mishap mishap_ = mishap::none;
  std::string marked_, held_;
  int held_server_ = -1;
  std::atomic<bool> closed_{false};
  std::thread thread_;
};

} // namespace stele::kit
