// A plain TCP connection for tests: sends exactly the bytes given, reads answers one by one.
#pragma once

#include "app/http/http_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::http {

/// Every wait ends after ten seconds, which no test reaches unless something is wrong.
class raw_socket {
public:
  explicit raw_socket(std::uint16_t port);
  ~raw_socket();
  raw_socket(const raw_socket&) = delete;
  raw_socket& operator=(const raw_socket&) = delete;

  void send(std::string_view bytes);
  void end_sending();

  /// The next answer; status 0 when the connection ended before one.
  client_response read();
  /// What comes up to `end`, with it; what there was when the connection ended before.
  std::string read_until(std::string_view end);
  /// True when the other end has closed and nothing is left to read.
  bool at_end();
  /// True when the other end broke the connection off instead of closing it.
  bool was_reset() const { return reset_; }

private:
  bool receive();

  int socket_ = -1;
  bool reset_ = false;
  std::string unread_;
};

/// `GET target` with a good Host and nothing else.
std::string get(std::string_view target);

} // namespace stele::http
