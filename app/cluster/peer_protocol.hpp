// What two nodes say to each other, as values. `peer_codec.hpp` turns them into bytes and back.
#pragma once

#include "actors/command.hpp"
#include "actors/link.hpp"
#include "actors/query.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stele::cluster {

/// The version of the protocol between nodes: the first byte of every frame, and none of those clients send.
inline constexpr std::uint8_t peer_protocol_version = 101;

/// Who a node is. Nodes of another history have nothing to say to each other.
struct peer_identity {
  uuid history; ///< Of the store.
  node_number number = 0;
  std::uint32_t build = 0; ///< Of the program.
  friend bool operator==(const peer_identity&, const peer_identity&) = default;
};

/// The first request on a connection.
struct peer_hello {
  peer_identity who;
};

/// Its answer: who is here, and what is taken.
struct peer_welcome {
  peer_identity who;
  std::uint32_t requests_max = 0; ///< Unanswered ones.
  std::uint32_t frame_bytes_max = 0;
};

struct forwarded_command {
  std::string stream_id, type, body, metadata;
  uuid command_id;
  std::optional<stream_version> expected_version;
  std::uint32_t time_left_ms = 0; ///< 0: no limit.
};

struct forwarded_lookup {
  std::string view, key;
  token after;
  std::uint32_t wait_ms = 0;
};

struct asked_question {
  peer_question what;
  std::uint32_t wait_ms = 0; ///< Until when the answer is of use.
};

using peer_request = std::variant<peer_hello, forwarded_command, forwarded_lookup, asked_question>;

/// What a look-up found. Both nodes know the columns: a program of another build is found out by their number and kind.
struct forwarded_rows {
  std::vector<row_values> rows;
  std::uint64_t total = 0;
  std::uint32_t page_number = 1, page_size = 1;
  currency as_of;
};

/// The door answers in place of the node.
struct no_answer {
  bool taken = false; ///< The node has the request, and perhaps does it; false: it never heard of it.
  std::string why;
};

using peer_response = std::variant<peer_welcome, acceptance, forwarded_rows, peer_answer, refusal, no_answer>;

} // namespace stele::cluster
