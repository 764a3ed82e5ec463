#include "actors/write_side.hpp"

#include "actors/persistence_actor.hpp"
#include "actors/shard_region.hpp"
#include "actors/supervisor.hpp"
#include "persistence/rising_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <future>

namespace stele {

namespace {

constexpr std::size_t id_length_max = 128;

bool is_id_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= id_length_max && std::all_of(id.begin(), id.end(), is_id_letter);
}

std::optional<refusal> find_fault(const command& it, const write_context& context) {
  const write_parts& parts = context.parts;
  if (!parts.hosted.aggregate(aggregate_of(it.stream_id)))
    return refusal{refusal_kind::not_found,
                   "unknown_aggregate",
                   "No aggregate is named `" + std::string(aggregate_of(it.stream_id)) + "`.",
                   {}};
  if (!is_id(id_of(it.stream_id)))
    return refusal{refusal_kind::invalid, "bad_id", "An id is 1 to 128 of A-Z a-z 0-9 . _ ~ -", {}};
  if (it.body.size() + it.metadata.size() > parts.settings.command_body_bytes_max)
    return refusal{refusal_kind::too_large,
                   "too_large",
                   "The command has " + std::to_string(it.body.size() + it.metadata.size()) + " bytes; the limit is " +
                       std::to_string(parts.settings.command_body_bytes_max) + ".",
                   {}};
  if (context.fenced)
    return refusal{refusal_kind::unavailable, "fenced", "This node owns nothing any more; send it to another one.", {}};
  return std::nullopt;
}

} // namespace

struct write_side::parts {
  explicit parts(write_parts given)
      : gate(given.counters, given.time, given.settings.commands_in_flight_max),
        context(new write_context(std::move(given), actors.enter())) {
    caf::actor_system& system = context->parts.system;
    for (std::uint32_t lane = 0; lane < context->parts.events.identity().lanes; ++lane)
      context->lanes.push_back(system.spawn<persistence_actor>(context, lane));
    context->region = system.spawn<shard_region>(context);
    watcher = system.spawn<supervisor>(context);
  }

  void stop() {
    if (context->stopping.exchange(true)) return;
    for (const caf::actor& it : {watcher, context->region}) caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
    for (const caf::actor& it : context->lanes) caf::anon_send_exit(it, caf::exit_reason::user_shutdown);
  }

  attendance actors;
  rising_ids ids;
  admission gate;
  write_context_ptr context;
  caf::actor watcher;
};

write_side::write_side(write_parts parts) : parts_(std::make_unique<struct parts>(std::move(parts))) {}

write_side::~write_side() {
  std::promise<void> left;
  stop();
  parts_->gate.close([&left] { left.set_value(); });
  parts_->context.reset();
  parts_->actors.wait();
  left.get_future().wait();
}

void write_side::submit(command_ptr it) {
  write_context& context = *parts_->context;
  if (!parts_->gate.admit(*it)) return;
  if (const auto fault = find_fault(*it, context)) return settle(*it, *fault);
  if (it->command_id == uuid{}) it->command_id = new_command_id();
  context.post(std::move(it));
}

uuid write_side::new_command_id() {
  const write_parts& parts = parts_->context->parts;
  return parts_->ids.next(parts.time.now(), parts.random.next());
}

void write_side::let_go(shard_number shard, std::function<void()> left) {
  caf::anon_send(parts_->context->region,
                 shard_leaves{shard, std::make_shared<const std::function<void()>>(std::move(left))});
}

void write_side::opened(shard_number shard, shard_position head) { parts_->context->arrived_at[shard] = head; }

void write_side::moved(shard_number shard) { caf::anon_send(parts_->context->region, shard_moved{shard}); }

void write_side::fence() { parts_->context->fenced = true; }

bool write_side::ready() const {
  const write_context& context = *parts_->context;
  return context.open() && !context.fenced && !context.broken && !parts_->gate.closed();
}

void write_side::drain(std::function<void()> finished) { parts_->gate.close(std::move(finished)); }

void write_side::stop() { parts_->stop(); }

} // namespace stele
