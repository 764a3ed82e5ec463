// Where work for one actor waits: one message wakes it for all that came meanwhile.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <algorithm>
#include <atomic>
#include <vector>

namespace stele {

/// To the owner of an inbox: there is something in it.
struct inbox_filled {};

/// What can lie in an inbox, in one at a time.
template <class T>
struct inbox_item {
  T* came_before = nullptr; ///< The inbox's own.
};

/// Filled by any thread, emptied by its owner, in the order it was filled. No lock: a stack of links, taken whole
/// and turned around. A message for each item would cost an allocation and a dispatch; this costs one exchange.
template <class T>
class inbox {
public:
  using item = boost::intrusive_ptr<T>;

  inbox() = default;
  ~inbox() { close(); }
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  /// True when it was empty: send its owner `inbox_filled`. Into a closed one things fall as into nothing.
  bool push(item it) {
    T* last = last_.load(std::memory_order_relaxed);
    do {
      if (last == closed()) return false;
      it->came_before = last;
    } while (!last_.compare_exchange_weak(last, it.get(), std::memory_order_release, std::memory_order_relaxed));
    it.detach();
    return last == nullptr;
  }

  /// Puts all that came behind what `to` holds. The owner's.
  void take(std::vector<item>& to) {
    if (last_.load(std::memory_order_relaxed) != nullptr)
      take_chain(to, last_.exchange(nullptr, std::memory_order_acquire));
  }

  /// For good. The owner's, when it can take no more; what lies there is dropped.
  void close() {
    std::vector<item> dropped;
    take_chain(dropped, last_.exchange(closed(), std::memory_order_acquire));
  }

private:
  T* closed() { return reinterpret_cast<T*>(this); } // No item has this address.

  void take_chain(std::vector<item>& to, T* last) {
    if (last == closed()) return;
    const auto begin = static_cast<std::ptrdiff_t>(to.size());
    for (T* it = last; it != nullptr; it = it->came_before) to.emplace_back(it, false);
    std::reverse(to.begin() + begin, to.end());
  }

  std::atomic<T*> last_{nullptr};
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::inbox_filled)
