#include "app/cluster/peer_door_actor.hpp"

#include "app/cluster/link_limits.hpp"
#include "app/cluster/peer_codec.hpp"

#include <caf/actor_cast.hpp>

namespace stele::cluster {

namespace {

frame say(const peer_response& it) { return {encode(it)}; }

/// Until when the answer is of use.
std::int64_t time_of(const peer_request& it) {
  if (const auto* command = std::get_if<forwarded_command>(&it))
    return command->time_left_ms == 0 ? answer_ms_max : command->time_left_ms;
  if (const auto* lookup = std::get_if<forwarded_lookup>(&it)) return lookup->wait_ms;
  if (const auto* question = std::get_if<asked_question>(&it)) return question->wait_ms;
  return 0;
}

frame to_frame(const peer_response& it, std::size_t frame_bytes_max) {
  auto made = say(it);
  if (made.bytes.size() <= frame_bytes_max) return made;
  return say(refusal{refusal_kind::too_large,
                     "answer_too_large",
                     "The answer of another node takes " + std::to_string(made.bytes.size()) +
                         " bytes, cluster.frame-bytes-max is " + std::to_string(frame_bytes_max) + ".",
                     {}});
}

command_ptr to_command(forwarded_command it, unix_ms now) {
  command_ptr made{new command};
  made->stream_id = std::move(it.stream_id);
  made->type = std::move(it.type);
  made->body = std::move(it.body);
  made->metadata = std::move(it.metadata);
  made->command_id = it.command_id;
  made->expected_version = it.expected_version;
  made->deadline = it.time_left_ms == 0 ? 0 : now + it.time_left_ms;
  made->forwarded = true;
  return made;
}

peer_response to_response(const command_outcome& it) {
  if (const auto* why = std::get_if<refusal>(&it)) return *why;
  return std::get<acceptance>(it);
}

peer_response to_response(const query_outcome& it) {
  if (const auto* why = std::get_if<refusal>(&it)) return *why;
  const auto& found = std::get<found_rows>(it);
  return forwarded_rows{found.page.rows, found.page.total, found.page_number, found.page_size, found.as_of};
}

} // namespace

peer_door_actor::peer_door_actor(caf::actor_config& config, std::shared_ptr<peer_door_parts> parts)
    : frame_actor(config, parts, system_clock(), parts->settings.requests_max), parts_(std::move(parts)) {}

caf::behavior peer_door_actor::make_behavior() {
  set_down_handler([this](caf::down_msg& it) { met_.erase(it.source); });
  auto start = caf::message_handler{[this](start_serving& it) { node_ = std::move(it.calls); }};
  return start.or_else(frame_actor::make_behavior());
}

void peer_door_actor::on_exit() {
  frame_actor::on_exit();
  node_.reset();
}

frame peer_door_actor::leaving(bool) const { return say(no_answer{true, "The node closed before it answered."}); }
frame peer_door_actor::overdue(bool) const { return say(no_answer{true, "The node did not answer in time."}); }

/// What comes by a connection that is gone by the time CAF has read it has no sender.
caf::result<frame> peer_door_actor::take(const frame& bytes) {
  auto decoded = decode_peer_request(bytes.bytes);
  if (auto* why = std::get_if<std::string>(&decoded)) return say(no_answer{false, std::move(*why)});
  auto& it = std::get<peer_request>(decoded);
  if (const auto* hello = std::get_if<peer_hello>(&it)) return meet(*hello);
  if (!current_sender() || !met_.count(caller()))
    return say(no_answer{false, "The first frame of a connection must be a hello."});
  if (closing()) return refuse_new(it);
  if (!node_) return say(no_answer{false, "The node is starting."});
  return begin(std::move(it));
}

/// The connection itself stays: whoever dialed it reads the sentence and closes it.
frame peer_door_actor::meet(const peer_hello& it) {
  const auto& self = parts_->self;
  if (it.who.history != self.history)
    return say(no_answer{false, "The node has a store of history " + to_string(self.history) + ", the caller one of " +
                                    to_string(it.who.history) + ": point both to the same store."});
  if (!current_sender() || it.who.number == 0 || it.who.number == self.number)
    return say(no_answer{false, "Node " + std::to_string(self.number) + " was called by node " +
                                    std::to_string(it.who.number) + ": no node has this number but itself."});
  if (met_.insert(caller()).second) monitor(caller());
  return say(peer_welcome{self, static_cast<std::uint32_t>(parts_->settings.requests_max),
                          static_cast<std::uint32_t>(parts_->settings.frame_bytes_max)});
}

frame peer_door_actor::refuse_new(const peer_request& it) const {
  if (std::holds_alternative<asked_question>(it)) return say(no_answer{false, "The node is closing."});
  return say(refusal{
      refusal_kind::unavailable, "closing", "The node is closing; nothing was done, send it to another one.", {}});
}

caf::result<frame> peer_door_actor::begin(peer_request it) {
  const auto opened = open(time_of(it) + grace_ms, std::holds_alternative<forwarded_command>(it));
  if (!opened)
    return say(no_answer{false, "The caller has " + std::to_string(parts_->settings.requests_max) +
                                    " requests open, which is the limit."});
  std::visit([this, &opened](auto&& asked) { pass_on(opened->number, std::move(asked)); }, std::move(it));
  return opened->promise;
}

/// What turns the node's answer into a frame, in the thread that answers, and puts it into the box.
std::function<void(const peer_response&)> peer_door_actor::answer_of(std::uint64_t number) const {
  return [parts = parts_, number](const peer_response& it) {
    parts->answers.put(number, to_frame(it, parts->settings.frame_bytes_max));
  };
}

/// A hello is answered before anything is opened for it.
void peer_door_actor::pass_on(std::uint64_t number, peer_hello) { answer_of(number)(no_answer{}); }

void peer_door_actor::pass_on(std::uint64_t number, forwarded_command it) {
  auto command = to_command(std::move(it), system_clock().now());
  command->answer = [answer = answer_of(number)](const command_outcome& outcome) { answer(to_response(outcome)); };
  node_->submit(std::move(command));
}

void peer_door_actor::pass_on(std::uint64_t number, forwarded_lookup it) {
  query_ptr made{new query};
  made->view = std::move(it.view);
  made->key = std::move(it.key);
  made->after = std::move(it.after);
  made->timeout_ms = it.wait_ms;
  made->answer = [answer = answer_of(number)](const query_outcome& outcome) { answer(to_response(outcome)); };
  node_->ask(std::move(made));
}

void peer_door_actor::pass_on(std::uint64_t number, asked_question it) {
  node_->peer_asked(std::move(it.what), [answer = answer_of(number)](peer_answer how) { answer(std::move(how)); });
}

caf::actor_addr peer_door_actor::caller() { return caf::actor_cast<caf::actor_addr>(current_sender()); }

} // namespace stele::cluster
