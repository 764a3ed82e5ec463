#include "app/gateway/gateway_actor.hpp"

#include "app/gateway/protocol_codec.hpp"
#include "app/gateway/translate.hpp"

#include <algorithm>

namespace stele::gateway {

namespace {

/// How long after its deadline a request may still be answered by the node, before the gateway answers for it.
constexpr std::int64_t grace_ms = 5000;

std::uint32_t timeout_of(const hello_request&) { return 0; }
template <class Request>
std::uint32_t timeout_of(const Request& it) {
  return it.timeout_ms;
}

refusal too_many(std::size_t requests_max) {
  return {refusal_kind::client_limit,
          "too_many_requests",
          "This client has " + std::to_string(requests_max) +
              " requests open, which is the limit: nothing was done; wait for answers, then send it again.",
          {}};
}

refusal closing_refusal(bool is_command) {
  if (is_command)
    return {refusal_kind::outcome_unknown,
            "closing",
            "The node closed before the command was answered: send it again with the same command id.",
            {}};
  return {refusal_kind::unavailable, "closing", "The node is closing: ask again.", {}};
}

refusal late_refusal(bool is_command) {
  if (is_command)
    return {refusal_kind::outcome_unknown,
            "no_answer",
            "The command was not answered in time: send it again with the same command id.",
            {}};
  return {refusal_kind::unavailable, "no_answer", "The query was not answered in time: ask again.", {}};
}

frame to_frame(const response& it, std::size_t frame_bytes_max) {
  frame made{encode_response(it)};
  if (made.bytes.size() <= frame_bytes_max) return made;
  return {encode_response(
      stele::response{refusal{refusal_kind::too_large,
                              "answer_too_large",
                              "The answer takes " + std::to_string(made.bytes.size()) + " bytes, the limit is " +
                                  std::to_string(frame_bytes_max) + ": ask for a smaller page.",
                              {}}})};
}

} // namespace

gateway_actor::gateway_actor(caf::actor_config& config, std::shared_ptr<gateway_parts> parts)
    : frame_actor(config, parts, parts->node.time, parts->settings.requests_max), parts_(std::move(parts)) {}

frame gateway_actor::leaving(bool is_command) const { return {encode_response(closing_refusal(is_command))}; }
frame gateway_actor::overdue(bool is_command) const { return {encode_response(late_refusal(is_command))}; }

caf::result<frame> gateway_actor::take(const frame& bytes) {
  auto decoded = decode_request(bytes.bytes);
  if (const auto* why = std::get_if<refusal>(&decoded)) return frame{encode_response(*why)};
  if (closing()) return leaving(false);
  return begin(std::move(std::get<stele::request>(decoded)));
}

caf::result<frame> gateway_actor::begin(stele::request it) {
  const auto timeout_ms = std::visit([this](const auto& asked) { return bounded(timeout_of(asked)); }, it);
  const auto opened = open(timeout_ms + grace_ms, std::holds_alternative<command_request>(it));
  if (!opened) return frame{encode_response(too_many(parts_->settings.requests_max))};
  std::visit([this, &opened](auto&& asked) { pass_on(opened->number, std::move(asked)); }, std::move(it));
  return opened->promise;
}

/// What turns the node's answer into a frame, in the thread that answers, and puts it into the box.
std::function<void(const stele::response&)> gateway_actor::answer_of(std::uint64_t number) const {
  return [parts = parts_, number](const stele::response& it) {
    parts->answers.put(number, to_frame(it, parts->settings.frame_bytes_max));
  };
}

void gateway_actor::pass_on(std::uint64_t number, command_request it) {
  const auto deadline = parts_->node.time.now() + bounded(it.timeout_ms);
  auto made = to_command(std::move(it), deadline);
  if (const auto* why = std::get_if<refusal>(&made)) return answer_of(number)(*why);
  auto& command = std::get<command_ptr>(made);
  command->answer = [answer = answer_of(number), history = parts_->node.history](const command_outcome& outcome) {
    answer(to_response(outcome, history));
  };
  parts_->node.submit(std::move(command));
}

template <class Request>
void gateway_actor::ask(std::uint64_t number, Request it) {
  const auto timeout_ms = bounded(it.timeout_ms);
  auto made = to_query(std::move(it), timeout_ms);
  if (const auto* why = std::get_if<refusal>(&made)) return answer_of(number)(*why);
  auto& query = std::get<query_ptr>(made);
  query->answer = [answer = answer_of(number)](const query_outcome& outcome) { answer(to_response(outcome)); };
  parts_->node.ask(std::move(query));
}

void gateway_actor::pass_on(std::uint64_t number, lookup_request it) { ask(number, std::move(it)); }
void gateway_actor::pass_on(std::uint64_t number, query_request it) { ask(number, std::move(it)); }

void gateway_actor::pass_on(std::uint64_t number, state_request it) {
  const auto answer = answer_of(number);
  auto stream_id = stream_id_of(it.aggregate, it.id);
  if (const auto* why = std::get_if<refusal>(&stream_id)) return answer(*why);
  auto reply = [answer](std::variant<state_at, refusal> outcome) { answer(to_response(outcome)); };
  auto& stream = std::get<std::string>(stream_id);
  if (it.by_time)
    parts_->node.state_at_time(std::move(stream), static_cast<unix_ms>(it.at), std::move(reply));
  else
    parts_->node.state_at_version(std::move(stream), it.at, std::move(reply));
}

void gateway_actor::pass_on(std::uint64_t number, all_events_request it) {
  const auto bytes_max = parts_->settings.frame_bytes_max / 2;
  auto reply = [answer = answer_of(number), bytes_max](std::variant<event_page, refusal> outcome) {
    answer(to_response(std::move(outcome), bytes_max));
  };
  const auto wait_ms = std::min<std::int64_t>(it.wait_ms, bounded(it.timeout_ms));
  parts_->node.read_all({it.after, it.limit, wait_ms, std::move(it.aggregate), std::move(reply)});
}

void gateway_actor::pass_on(std::uint64_t number, hello_request) { answer_of(number)(introduce()); }

server_info gateway_actor::introduce() const {
  const auto& settings = parts_->settings;
  return {parts_->node.name,
          parts_->node.version,
          parts_->node.history,
          static_cast<std::uint32_t>(settings.requests_max),
          static_cast<std::uint32_t>(settings.frame_bytes_max),
          static_cast<std::uint32_t>(settings.request_timeout_ms_max)};
}

std::int64_t gateway_actor::bounded(std::uint32_t timeout_ms) const {
  return std::min<std::int64_t>(timeout_ms, parts_->settings.request_timeout_ms_max);
}

} // namespace stele::gateway
