// Any bytes in a frame of ours: what is decoded is encoded as the very same bytes, the rest is refused.
#include "app/gateway/protocol_codec.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  const auto same = [&](const std::vector<std::uint8_t>& again) {
    return std::equal(again.begin(), again.end(), bytes.begin(), bytes.end());
  };
  const auto asked = stele::decode_request(bytes);
  if (const auto* it = std::get_if<stele::request>(&asked); it != nullptr && !same(stele::encode_request(*it)))
    std::abort();
  const auto answered = stele::decode_response(bytes);
  if (const auto* it = std::get_if<stele::response>(&answered); it != nullptr && !same(stele::encode_response(*it)))
    std::abort();
  return 0;
}
