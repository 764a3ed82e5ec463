#include "actors/write_context.hpp"

#include <caf/send.hpp>

namespace stele {

void write_context::post(command_ptr it) {
  if (commands.push(std::move(it))) caf::anon_send(region, inbox_filled{});
}

void write_context::post(submission_ptr it) {
  const std::size_t lane = it->stream->shard % lanes.size();
  if (decisions[lane].push(std::move(it))) caf::anon_send(lanes[lane], inbox_filled{});
}

} // namespace stele
