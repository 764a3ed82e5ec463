// Makes bad BASP sessions of good ones, the same ones from the same seed.
#pragma once

#include "tests/app/gateway/raw_peer.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace stele::test {

class mangler {
public:
  explicit mangler(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool one_in(std::size_t count) { return below(count) == 0; }

  /// The frames of a session, some of them left out, doubled, out of order or changed, cut into pieces of any size.
  std::vector<std::string> mangle(const std::vector<std::string>& frames);

private:
  std::string change(std::string frame);
  std::string with_other_payload(std::string frame);
  void flip(std::string& bytes, std::size_t from);
  std::string noise(std::size_t size_max);

  std::mt19937_64 random_;
};

/// Half of the time after a good first handshake, which else is mangled, too; half of the time the peer then vanishes.
/// `peer` has met the server.
void send_mangled(raw_peer& peer, std::vector<std::string> frames, mangler& dice);

} // namespace stele::test
