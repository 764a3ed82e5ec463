// A queue in one block of memory that is given back when it is empty: thousands of actors own one.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace stele {

/// First in, first out. `T` has an empty value that costs nothing to keep.
template <class T>
class fifo {
public:
  bool empty() const { return first_ == items_.size(); }
  std::size_t size() const { return items_.size() - first_; }
  const T& front() const { return items_[first_]; }
  const T& back() const { return items_.back(); }

  void push(T item) {
    if (first_ >= 64 && first_ * 2 >= items_.size()) compact();
    items_.push_back(std::move(item));
  }

  void push_front(T item) {
    if (first_ > 0)
      items_[--first_] = std::move(item);
    else
      items_.insert(items_.begin(), std::move(item));
  }

  T pop() {
    T item = std::exchange(items_[first_++], T{});
    if (empty()) clear();
    return item;
  }

  void clear() {
    items_.clear();
    first_ = 0;
  }

  auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() const { return items_.end(); }

  /// Keeps what `keep` says true of, in order.
  template <class Keep>
  void filter(Keep keep) {
    compact();
    std::size_t kept = 0;
    for (T& item : items_)
      if (keep(item)) {
        if (&items_[kept] != &item) items_[kept] = std::move(item);
        ++kept;
      }
    items_.resize(kept);
  }

private:
  void compact() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0;
};

} // namespace stele
