// The parts that frames between nodes are made of: tokens, rows, positions of shards.
#pragma once

#include "actors/link.hpp"
#include "actors/query.hpp"
#include "app/gateway/byte_reader.hpp"
#include "app/gateway/byte_writer.hpp"

#include <utility>
#include <vector>

namespace stele::cluster {

using shard_positions = std::vector<std::pair<shard_number, shard_position>>;

void write(byte_writer& out, const shard_positions& it);
void write(byte_writer& out, const token& it);
void write(byte_writer& out, const row_values& it);
void write(byte_writer& out, const refusal& it);
void write(byte_writer& out, const node_status& it);

shard_positions read_positions(byte_reader& in); ///< Ascending by shard, each once; else the frame is bad.
token read_token(byte_reader& in);
row_values read_row(byte_reader& in);
refusal read_refusal(byte_reader& in);
node_status read_status(byte_reader& in);

// Limits of fields, in bytes or elements. A whole frame has its own limit, which the filter holds; no field allocates
// more than the frame has.
inline constexpr std::size_t name_max = 256;
inline constexpr std::size_t sentence_max = 4096;
inline constexpr std::size_t text_max = 1u << 30;
inline constexpr std::size_t shards_max = 4096;

} // namespace stele::cluster
