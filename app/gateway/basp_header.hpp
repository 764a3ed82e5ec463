// The 32 bytes before every BASP frame, and the numbers in them, as CAF 0.17 puts them on the wire.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stele::gateway {

/// A node id as CAF writes it: the atom `default`, the process, 20 bytes of the host.
using node_bytes = std::array<char, 32>;

/// What a BASP frame is for.
enum class basp_operation : std::uint8_t {
  server_handshake, ///< From the side that accepted, once.
  client_handshake, ///< From the side that connected, twice: flags 0 at once, flags 2 after the server's.
  direct_message,
  routed_message,
  monitor_message, ///< "Tell me when this actor of yours is gone."
  down_message,    ///< "This actor of mine is gone."
  heartbeat
};

struct basp_header {
  static constexpr std::size_t size = 32;

  std::uint8_t operation = 0; ///< Not checked yet, hence not a `basp_operation`.
  std::uint8_t padding_a = 0, padding_b = 0;
  std::uint8_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t data = 0;        ///< Of a message: its message id.
  std::uint64_t source = 0;      ///< Actor id; 0: none.
  std::uint64_t destination = 0; ///< Actor id.

  bool is(basp_operation it) const { return operation == static_cast<std::uint8_t>(it); }
};

/// The parts of a message id: bit 63 is set in a reply, bits 60-61 are the priority, the rest numbers requests.
struct message_ids {
  static constexpr std::uint64_t reply_bit = 1ull << 63;
  static constexpr std::uint64_t number_mask = 0x0FFFFFFFFFFFFFFF;
  static constexpr std::uint64_t plain_message = 0x1000000000000000; ///< No request, normal priority.
};

/// A big-endian number of `count` bytes.
std::uint64_t read_number(const char* from, int count);
void append_number(std::vector<char>& to, std::uint64_t number, int count);

/// Reads `basp_header::size` bytes.
basp_header read_header(const char* from);

/// Writes a header of our own: the padding is always 0.
void append_header(std::vector<char>& to, const basp_header& it);

} // namespace stele::gateway
