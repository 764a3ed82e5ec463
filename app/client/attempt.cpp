#include "app/client/attempt.hpp"

#include <algorithm>

namespace stele {

namespace {

/// What an answer given at the server's deadline may need to arrive.
constexpr std::int64_t answer_slack_us = 500'000;

/// Nothing was done, and a later try may do it.
bool worth_another_try(refusal_kind it) {
  return it == refusal_kind::overloaded || it == refusal_kind::unavailable || it == refusal_kind::client_limit ||
         it == refusal_kind::outcome_unknown;
}

void set_timeout(hello_request&, std::uint32_t) {}
template <class Request>
void set_timeout(Request& it, std::uint32_t ms) {
  it.timeout_ms = ms;
}

} // namespace

attempts::attempts(request it, std::int64_t now_us, std::int64_t wait_ms)
    : request_(std::move(it)), deadline_us_(now_us + wait_ms * 1000) {}

request attempts::begin(std::int64_t now_us) {
  stage_ = attempt_stage::in_flight;
  const auto left_ms = std::clamp<std::int64_t>((deadline_us_ - now_us) / 1000, 1, UINT32_MAX);
  std::visit([left_ms](auto& it) { set_timeout(it, static_cast<std::uint32_t>(left_ms)); }, request_);
  return request_;
}

bool attempts::answered(const response& it, std::int64_t now_us, std::int64_t pause_ms) {
  const auto* why = std::get_if<refusal>(&it);
  if (!why || !worth_another_try(why->kind)) return true;
  perhaps_done_ = perhaps_done_ || (is_command() && why->kind == refusal_kind::outcome_unknown);
  last_ = *why;
  ++failures_;
  next_us_ = now_us + pause_ms * 1000;
  stage_ = attempt_stage::pausing;
  return false;
}

void attempts::lost() {
  perhaps_done_ = perhaps_done_ || is_command();
  ++failures_;
  stage_ = attempt_stage::ready;
}

void attempts::wake(std::int64_t now_us) {
  if (stage_ == attempt_stage::pausing && now_us >= next_us_) stage_ = attempt_stage::ready;
}

bool attempts::expired(std::int64_t now_us) const {
  return now_us >= deadline_us_ + (stage_ == attempt_stage::in_flight ? answer_slack_us : 0);
}

refusal attempts::farewell(const std::string& connection_fault) const {
  if (is_command() && (perhaps_done_ || stage_ == attempt_stage::in_flight))
    return {refusal_kind::outcome_unknown,
            "no_answer",
            "The command was sent, and no answer came in time: send it again with the command id " +
                to_string(std::get<command_request>(request_).command_id) + ".",
            {}};
  if (last_) return *last_;
  if (stage_ == attempt_stage::in_flight)
    return {refusal_kind::unavailable, "no_answer", "The server did not answer in time: ask again.", {}};
  return {refusal_kind::unavailable,
          "not_connected",
          "No server was reached in time, nothing was done. " + connection_fault,
          {}};
}

std::int64_t pause_ms(std::uint32_t failures, std::int64_t min_ms, std::int64_t max_ms, std::uint64_t random) {
  const auto doublings = std::min<std::uint32_t>(failures, 20);
  const auto whole = std::max<std::int64_t>(2, std::min(max_ms, min_ms << doublings));
  return whole / 2 + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(whole / 2 + 1));
}

} // namespace stele
