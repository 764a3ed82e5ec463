// Frames between nodes to values and back. Total: any bytes decode to a value or to a sentence.
#pragma once

#include "app/cluster/peer_protocol.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace stele::cluster {

std::vector<std::uint8_t> encode(const peer_request& it);
std::vector<std::uint8_t> encode(const peer_response& it);

/// Or what is wrong with the bytes, as a sentence. What is decoded encodes to the very same bytes.
std::variant<peer_request, std::string> decode_peer_request(std::span<const std::uint8_t> bytes);
std::variant<peer_response, std::string> decode_peer_response(std::span<const std::uint8_t> bytes);

} // namespace stele::cluster
