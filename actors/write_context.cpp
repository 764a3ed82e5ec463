#include "actors/write_context.hpp"

#include "actors/disturbance.hpp"

#include <caf/send.hpp>

#include <chrono>

namespace stele {

namespace {

/// A thread may be stopped between filling and waking.
void wake(const caf::actor& owner) {
  if (STELE_DISTURBED()) return caf::delayed_anon_send(owner, std::chrono::milliseconds(1), inbox_filled{});
  caf::anon_send(owner, inbox_filled{});
}

} // namespace

void write_context::post(command_ptr it) {
  if (commands.push(std::move(it))) wake(region);
}

void write_context::post(submission_ptr it) {
  const std::size_t lane = it->stream->shard % lanes.size();
  if (decisions[lane].push(std::move(it))) wake(lanes[lane]);
}

} // namespace stele
