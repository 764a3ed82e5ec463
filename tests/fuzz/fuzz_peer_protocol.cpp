// Any bytes in a frame of another node: what is decoded is encoded as the very same bytes, the rest is refused.
#include "app/cluster/peer_codec.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stele::cluster;
  const std::span bytes(data, size);
  const auto same = [&](const std::vector<std::uint8_t>& again) {
    return std::equal(again.begin(), again.end(), bytes.begin(), bytes.end());
  };
  const auto asked = decode_peer_request(bytes);
  if (const auto* it = std::get_if<peer_request>(&asked); it != nullptr && !same(encode(*it))) std::abort();
  const auto answered = decode_peer_response(bytes);
  if (const auto* it = std::get_if<peer_response>(&answered); it != nullptr && !same(encode(*it))) std::abort();
  return 0;
}
