#include "app/gateway/gateway_actor.hpp"

#include "app/gateway/protocol_codec.hpp"
#include "app/gateway/translate.hpp"

#include <algorithm>
#include <chrono>

namespace stele::gateway {

namespace {

/// How long after its deadline a request may still be answered by the node, before the gateway answers for it.
constexpr std::int64_t grace_ms = 5000;
constexpr std::chrono::milliseconds look_around_pause{250};

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

refusal leaving(bool is_command) {
  if (is_command)
    return {refusal_kind::outcome_unknown,
            "closing",
            "The node closed before the command was answered: send it again with the same command id.",
            {}};
  return {refusal_kind::unavailable, "closing", "The node is closing: ask again.", {}};
}

refusal overdue(bool is_command) {
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
    : caf::event_based_actor(config), parts_(std::move(parts)) {}

caf::behavior gateway_actor::make_behavior() {
  set_default_handler(caf::drop);
  return {[this](const frame& bytes) { return take(bytes); }, [this](const answers_wait&) { deliver_waiting(); },
          [this](const look_for_overdue&) { look_around(); }, [this](const close_gateway& it) { close(it); }};
}

void gateway_actor::on_exit() {
  parts_->answers.close();
  open_.clear();
}

caf::result<frame> gateway_actor::take(const frame& bytes) {
  parts_->requests.fetch_add(1, std::memory_order_relaxed);
  auto decoded = decode_request(bytes.bytes);
  if (const auto* why = std::get_if<refusal>(&decoded)) return frame{encode_response(*why)};
  if (closing_) return frame{encode_response(leaving(false))};
  return begin(std::move(std::get<stele::request>(decoded)));
}

caf::result<frame> gateway_actor::begin(stele::request it) {
  const auto client = current_sender() ? current_sender()->node() : node();
  auto& count = open_by_client_[client];
  if (count >= parts_->settings.requests_max) return frame{encode_response(too_many(parts_->settings.requests_max))};
  ++count;
  const auto number = ++last_number_;
  const auto timeout_ms = std::visit([this](const auto& asked) { return bounded(timeout_of(asked)); }, it);
  auto promise = make_response_promise();
  open_.emplace(number, open_request{promise, client, parts_->node.time.now() + timeout_ms + grace_ms,
                                     std::holds_alternative<command_request>(it)});
  if (!looking_around_) {
    looking_around_ = true;
    delayed_send(this, look_around_pause, look_for_overdue{});
  }
  std::visit([this, number](auto&& asked) { pass_on(number, std::move(asked)); }, std::move(it));
  return promise;
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

void gateway_actor::deliver_waiting() {
  for (auto& [number, answer] : parts_->answers.take()) deliver(number, std::move(answer));
}

/// Nothing when it has been answered already: the node's answer came after the gateway's own.
void gateway_actor::deliver(std::uint64_t number, frame answer) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  auto& [promise, client, overdue_at, is_command] = found->second;
  promise.deliver(std::move(answer));
  if (const auto count = open_by_client_.find(client); --count->second == 0) open_by_client_.erase(count);
  open_.erase(found);
}

void gateway_actor::look_around() {
  const auto now = parts_->node.time.now();
  std::vector<std::uint64_t> late;
  for (const auto& [number, it] : open_)
    if (now > it.overdue_at) late.push_back(number);
  for (const auto number : late)
    deliver(number, frame{encode_response(stele::response{overdue(open_.at(number).is_command)})});
  looking_around_ = !open_.empty();
  if (looking_around_) delayed_send(this, look_around_pause, look_for_overdue{});
}

void gateway_actor::close(const close_gateway& it) {
  closing_ = true;
  deliver_waiting();
  while (!open_.empty()) {
    const auto& [number, asked] = *open_.begin();
    deliver(number, frame{encode_response(leaving(asked.is_command))});
  }
  it.closed();
}

} // namespace stele::gateway
