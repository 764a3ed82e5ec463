// What the two halves of a connection, reading and answering, share.
#pragma once

#include "app/http/connection.hpp"

namespace stele::http {

/// One request's place in the order of answers.
struct connection::slot {
  std::optional<std::string> bytes; // The answer, once it is there.
  std::shared_ptr<body_stream> rest;
  response late;
  std::shared_ptr<const security::door_key> caller;
  bool head_only = false, closes = false, counted = false;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  timer deadline;

  explicit slot(const boost::asio::any_io_executor& on) : deadline(on) {}
};

template <class Then>
void connection::arm(timer& it, std::int64_t ms, Then then) {
  it.expires_after(std::chrono::milliseconds(ms));
  it.async_wait([self = shared_from_this(), &it, then](error_code why) {
    // A wait that ended just before it was set anew still comes with success.
    if (!why && it.expiry() <= std::chrono::steady_clock::now()) then(*self);
  });
}

} // namespace stele::http
