#include "app/gateway/answer_box.hpp"

namespace stele::gateway {

void answer_box::open(caf::actor gateway) {
  std::lock_guard lock{mutex_};
  gateway_ = std::move(gateway);
}

void answer_box::close() {
  std::lock_guard lock{mutex_};
  gateway_ = nullptr;
  waiting_.clear();
}

void answer_box::put(std::uint64_t request, frame answer) {
  std::lock_guard lock{mutex_};
  if (!gateway_) return;
  waiting_.emplace_back(request, std::move(answer));
  if (waiting_.size() == 1) caf::anon_send(gateway_, answers_wait{});
}

answer_box::answers answer_box::take() {
  std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

} // namespace stele::gateway
