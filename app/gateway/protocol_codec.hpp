// Requests and responses as bytes and back: versioned, strict, bounded. No CAF, no clock, no state.
#pragma once

#include "app/gateway/protocol.hpp"

#include <span>
#include <variant>
#include <vector>

namespace stele {

/// A frame is: version of the protocol (1 byte), kind (1 byte), then the fields of the struct in their order.
/// Numbers are big endian; a truth is 0 or 1; a text or a list begins with its length in 4 bytes; an optional value
/// with a truth. A decoder refuses another version, an unknown kind, every field beyond its limit, every frame that
/// ends early and every byte left over; it allocates no more than the frame is long.
std::vector<std::uint8_t> encode_request(const request& it);
std::vector<std::uint8_t> encode_response(const response& it);

/// The request, or an `invalid` refusal with a sentence to answer it with.
std::variant<request, refusal> decode_request(std::span<const std::uint8_t> bytes);

/// The response, or an `internal` refusal that says what is wrong with the bytes.
std::variant<response, refusal> decode_response(std::span<const std::uint8_t> bytes);

} // namespace stele
