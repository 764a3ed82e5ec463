// How an aggregate decides a command.
#include "actors/aggregate_actor.hpp"
#include "actors/log.hpp"
#include "actors/sabotage.hpp"
#include "actors/trace.hpp"

#include <caf/send.hpp>

#include <exception>

namespace stele {

void aggregate_actor::take(const command_ptr& it) {
  if (is_shed(*it)) return;
  const auto decoded = decode(*it);
  if (!decoded) return;
  if (STELE_SABOTAGE(repeats_not_recognised)) return decide(it, *decoded);
  const command_window& window = memory_.window;
  if (const remembered_command* known = window.find(it->command_id)) return repeat(it, decoded->digest, *known);
  if (!window.may_have_forgotten(it->command_id) || STELE_SABOTAGE(forgotten_ids_not_looked_up))
    return decide(it, *decoded);
  if (const submission_ptr first = pending_of(it->command_id))
    return repeat(it, decoded->digest, {it->command_id, short_digest(first->digest), first->version, 0});
  look_up(it);
}

/// True when it was answered instead of decided.
bool aggregate_actor::is_shed(command& it) const {
  if (it.deadline != 0 && context_->parts.time.now() > it.deadline) {
    refuse(it, refusal_kind::overloaded, "deadline_passed",
           "The command waited past its deadline; nothing was done, try again.");
    return true;
  }
  if (!work_ || work_->pending.size() < settings().aggregate_in_flight_max) return false;
  refuse(it, refusal_kind::overloaded, "overloaded",
         "Too many commands of `" + stream_->id + "` are in flight; nothing was done, try again.");
  return true;
}

/// Null when it was answered instead.
std::unique_ptr<any_command> aggregate_actor::decode(command& it) const {
  try {
    auto decoded = type().decode(it.type, it.body);
    if (auto* command = std::get_if<std::unique_ptr<any_command>>(&decoded)) return std::move(*command);
    settle(it, std::get<refusal>(std::move(decoded)));
  } catch (const std::exception& problem) {
    log(log_level::error,
        "decoding " + it.type + " for " + stream_->id + " failed: " + problem.what() + trace_note(it.metadata));
    refuse(it, refusal_kind::internal, "internal", "Decoding the command failed; nothing was done.");
  }
  return nullptr;
}

void aggregate_actor::repeat(const command_ptr& it, const uuid& digest, const remembered_command& known) {
  command_outcome outcome = acceptance{known.version, stream_->shard, known.position, true, true};
  if (short_digest(digest) != known.digest)
    outcome = refusal{refusal_kind::key_reused,
                      "key_reused",
                      "This command id was used for another command of `" + stream_->id + "`; use a new one.",
                      {}};
  const bool is_fact = known.position != 0 || STELE_SABOTAGE(repeats_answered_before_commit);
  if (is_fact) return settle(*it, outcome); // In the log: it needs no proof.
  submission_ptr again = submission_of(it, std::move(outcome));
  again->first = pending_of(it->command_id);
  submit(std::move(again));
}

/// Null when no pending command has that id.
submission_ptr aggregate_actor::pending_of(const uuid& command_id) const {
  if (work_)
    for (const submission_ptr& it : work_->pending)
      if (it->stores && it->command->command_id == command_id) return it;
  return nullptr;
}

void aggregate_actor::look_up(const command_ptr& it) {
  phase_ = phase::looking_up;
  busy().looked_up = it;
  context_->parts.events.find_command(
      stream_->id, it->command_id,
      [self = stream_->actor, context = context_, ticket = ++ticket_](stored<std::vector<recorded_event>> found) {
        caf::anon_send(self,
                       aggregate_mail{command_found{ticket, std::make_shared<decltype(found)>(std::move(found))}});
      });
}

void aggregate_actor::hear(const command_found& answer) {
  if (answer.ticket != ticket_ || phase_ != phase::looking_up) return;
  phase_ = phase::ready;
  const command_ptr it = std::exchange(work_->looked_up, nullptr);
  const auto& found = *answer.found;
  if (!found) {
    refuse(*it, refusal_kind::unavailable, "unavailable",
           "The store can't be asked whether this was done before: " + found.error().what);
  } else if (const auto decoded = decode(*it)) {
    if (found->empty())
      decide(it, *decoded);
    else
      repeat(
          it, decoded->digest,
          {it->command_id, short_digest(found->back().command_digest), found->back().version, found->back().position});
  }
  work_off_stash();
}

void aggregate_actor::decide(const command_ptr& it, const any_command& decoded) {
  if (it->expected_version && *it->expected_version != memory_.version)
    return submit(
        submission_of(it, refusal{refusal_kind::wrong_version,
                                  "wrong_version",
                                  "`" + stream_->id + "`: expected version " + std::to_string(*it->expected_version) +
                                      ", found " + std::to_string(memory_.version) + "; read it again and decide anew.",
                                  {}}));
  decided decision;
  try {
    decision = type().decide(*memory_.state, decoded);
  } catch (const std::exception& problem) { return spoil(it, problem.what()); }
  if (auto* no = std::get_if<refusal>(&decision)) return submit(submission_of(it, std::move(*no)));
  auto& events = std::get<std::vector<decided_event>>(decision);
  if (events.empty()) return submit(submission_of(it, acceptance{memory_.version, stream_->shard, 0, false, false}));
  if (events.size() > settings().events_per_command_max)
    return spoil(it, "it made " + std::to_string(events.size()) + " events, the limit is " +
                         std::to_string(settings().events_per_command_max));
  record(it, decoded.digest, std::move(events));
}

void aggregate_actor::record(const command_ptr& it, const uuid& digest, std::vector<decided_event> events) {
  const unix_ms now = context_->parts.time.now();
  random_source& random = context_->parts.random;
  submission_ptr made = submission_of(it, {});
  made->events.reserve(events.size());
  const auto parts = static_cast<std::uint32_t>(events.size());
  for (decided_event& event : events) {
    recorded_event& to = made->events.emplace_back();
    to.shard = stream_->shard;
    to.stream_id = stream_->id;
    to.version = ++memory_.version;
    to.event_id = make_uuid_v7(now, random.next(), random.next());
    to.command_id = it->command_id;
    to.command_digest = digest;
    to.part = static_cast<std::uint32_t>(made->events.size());
    to.parts = parts;
    to.type = std::move(event.type);
    to.type_version = event.type_version;
    to.payload = std::move(event.payload);
    to.metadata = it->metadata;
    to.recorded_at = now;
    made->bytes += to.payload.size() + to.metadata.size() + sizeof(recorded_event);
  }
  made->stores = parts;
  made->digest = digest;
  made->version = memory_.version;
  made->outcome = acceptance{memory_.version, stream_->shard, 0, true, false};
  memory_.window.remember({it->command_id, short_digest(digest), memory_.version, 0}, settings().command_window);
  publish_bytes();
  hold_snapshot();
  submit(std::move(made));
}

submission_ptr aggregate_actor::submission_of(const command_ptr& it, command_outcome outcome) const {
  submission_ptr made(new submission);
  made->stream = stream_;
  made->command = it;
  made->generation = generation_;
  made->version = memory_.version;
  made->outcome = std::move(outcome);
  return made;
}

void aggregate_actor::submit(submission_ptr it) {
  if (STELE_SABOTAGE(answered_before_commit)) settle(*it->command, it->outcome);
  busy().pending.push(it);
  context_->post(std::move(it));
}

/// The decision failed half-way and may have left its traces: answers it, and loads the stream anew once all that was
/// decided before is durable.
void aggregate_actor::spoil(const command_ptr& it, const std::string& why) {
  log(log_level::error, it->type + " of " + stream_->id + " could not be decided: " + why + trace_note(it->metadata));
  refuse(*it, refusal_kind::internal, "internal", "The command could not be decided; nothing was done.");
  if (!has_pending()) return forget();
  phase_ = phase::clearing;
}

} // namespace stele
