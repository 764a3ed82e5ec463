// Builds BASP frames by hand, good and bad ones.
#pragma once

#include "app/gateway/basp_header.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::test {

using gateway::basp_operation;

inline constexpr std::uint64_t request_bit = gateway::message_ids::plain_message; ///< A request of normal priority.
inline constexpr std::uint64_t reply_bit = gateway::message_ids::reply_bit;

std::string number(std::uint64_t it, int bytes);
std::string varbyte(std::uint64_t it);
std::string atom(std::string_view text);

/// A whole node id; different ones for different processes.
std::string node(std::uint32_t process);

std::string header(basp_operation operation, std::uint64_t payload_bytes, std::uint64_t data = 0,
                   std::uint64_t source = 0, std::uint64_t destination = 0, std::uint8_t flags = 0);
std::string with_payload(basp_operation operation, const std::string& payload, std::uint64_t data = 0,
                         std::uint64_t source = 0, std::uint64_t destination = 0, std::uint8_t flags = 0);

/// A message: no forwarding stack, the names of its types (`+a+b`), then the values as they are.
std::string message(std::string_view types, const std::string& values);

/// A message of our type.
std::string frame_message(const std::string& bytes);

/// The value of an `@error` without context.
std::string error_value(std::uint8_t code);

std::string client_hello(const std::string& node_id, std::uint8_t flags = 0);
std::string server_hello(const std::string& node_id, std::uint64_t actor);
std::string request(const std::string& payload, std::uint64_t request_number, std::uint64_t destination,
                    std::uint64_t source = 77);

} // namespace stele::test
