// What a client wrote and saw, as one token: its queries wait for it.
#pragma once

#include "actors/token.hpp"

#include <mutex>
#include <string>

namespace stele {

/// Safe from any thread.
class client_session {
public:
  /// The token to send: everything learned, merged with `wanted`. A token this library can't read goes as it is, for
  /// the server to refuse; so does one of another history.
  std::string after(const std::string& wanted) const;

  /// From the token of an answer. One of another history starts the session anew.
  void learn(const std::string& text);

  void forget();

private:
  mutable std::mutex mutex_;
  token seen_;
};

} // namespace stele
