// A connection of somebody who does not keep to any protocol.
#pragma once

#include <string>
#include <string_view>

namespace drill {

/// To a port of this machine. Never blocks for longer than it is told.
class stranger {
public:
  /// `from`: a loopback address, as a door counts callers by theirs.
  explicit stranger(int port, const std::string& from = "127.0.0.1");
  ~stranger();
  stranger(stranger&& other) noexcept;
  stranger& operator=(stranger&&) = delete;

  bool connected() const { return socket_ >= 0; }
  bool send(std::string_view bytes); ///< False: not all of them went; the other side does not want them.
  std::string read(int limit_ms);    ///< What comes first; empty: nothing, or the end.
  bool ended(int limit_ms);          ///< Whether the other side closes within the time; what it says is read away.

private:
  int socket_ = -1;
};

} // namespace drill
