#include "app/gateway/frame_actor.hpp"

#include <chrono>
#include <vector>

namespace stele::gateway {

namespace {

constexpr std::chrono::milliseconds look_around_pause{250};

} // namespace

frame_actor::frame_actor(caf::actor_config& config, std::shared_ptr<door_parts> door, stele::clock& time,
                         std::size_t requests_max)
    : caf::event_based_actor(config), door_(std::move(door)), time_(time), requests_max_(requests_max) {}

caf::behavior frame_actor::make_behavior() {
  set_default_handler(caf::drop);
  return {[this](const frame& bytes) {
            door_->requests.fetch_add(1, std::memory_order_relaxed);
            return take(bytes);
          },
          [this](const answers_wait&) { deliver_waiting(); }, [this](const look_for_overdue&) { look_around(); },
          [this](const close_door& it) { close(it); }};
}

void frame_actor::on_exit() {
  door_->answers.close();
  open_.clear();
}

std::optional<frame_actor::opened_request> frame_actor::open(std::int64_t answer_ms_max, bool is_command) {
  const auto caller = current_sender() ? current_sender()->node() : node();
  auto& count = open_by_caller_[caller];
  if (count >= requests_max_) return std::nullopt;
  ++count;
  const auto number = ++last_number_;
  auto promise = make_response_promise();
  open_.emplace(number, open_request{promise, caller, time_.now() + answer_ms_max, is_command});
  if (!looking_around_) {
    looking_around_ = true;
    delayed_send(this, look_around_pause, look_for_overdue{});
  }
  return opened_request{number, promise};
}

void frame_actor::deliver_waiting() {
  for (auto& [number, answer] : door_->answers.take()) deliver(number, std::move(answer));
}

/// Nothing when it has been answered already: the node's answer came after the door's own.
void frame_actor::deliver(std::uint64_t number, frame answer) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  auto& [promise, caller, overdue_at, is_command] = found->second;
  promise.deliver(std::move(answer));
  if (const auto count = open_by_caller_.find(caller); --count->second == 0) open_by_caller_.erase(count);
  open_.erase(found);
}

void frame_actor::look_around() {
  const auto now = time_.now();
  std::vector<std::uint64_t> late;
  for (const auto& [number, it] : open_)
    if (now > it.overdue_at) late.push_back(number);
  for (const auto number : late) deliver(number, overdue(open_.at(number).is_command));
  looking_around_ = !open_.empty();
  if (looking_around_) delayed_send(this, look_around_pause, look_for_overdue{});
}

void frame_actor::close(const close_door& it) {
  closing_ = true;
  deliver_waiting();
  while (!open_.empty()) {
    const auto& [number, asked] = *open_.begin();
    deliver(number, leaving(asked.is_command));
  }
  it.closed();
}

} // namespace stele::gateway
