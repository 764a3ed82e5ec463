#include "app/client/session.hpp"

namespace stele {

std::string client_session::after(const std::string& wanted) const {
  std::lock_guard lock{mutex_};
  if (seen_.empty()) return wanted;
  auto all = seen_;
  if (!wanted.empty()) {
    const auto other = parse_token(wanted);
    if (!other || other->history != seen_.history) return wanted;
    merge(all, *other);
  }
  return to_text(all);
}

void client_session::learn(const std::string& text) {
  const auto other = parse_token(text);
  if (!other || other->empty()) return;
  std::lock_guard lock{mutex_};
  if (seen_.history != other->history) seen_ = {};
  merge(seen_, *other);
}

void client_session::forget() {
  std::lock_guard lock{mutex_};
  seen_ = {};
}

} // namespace stele
