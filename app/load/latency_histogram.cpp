#include "app/load/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace stele::load {

std::size_t latency_histogram::bucket_of(std::uint64_t value) {
  if (value < exact) return static_cast<std::size_t>(value);
  const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 8; // 1 for 256 to 511.
  if (shift > octaves) return exact + steps * octaves - 1;
  return exact + (shift - 1) * steps + static_cast<std::size_t>(value >> shift) - steps;
}

std::int64_t latency_histogram::highest_of(std::size_t bucket) {
  if (bucket < exact) return static_cast<std::int64_t>(bucket);
  const auto shift = (bucket - exact) / steps + 1;
  const auto step = (bucket - exact) % steps + steps;
  return static_cast<std::int64_t>(((step + 1) << shift) - 1);
}

void latency_histogram::add(std::int64_t nanoseconds) {
  const auto value = std::max<std::int64_t>(nanoseconds, 0);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void latency_histogram::add(const latency_histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void latency_histogram::clear() { *this = {}; }

double latency_histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::int64_t latency_histogram::quantile(double share) const {
  if (count_ == 0) return 0;
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(highest_of(i), max_);
  }
  return max_;
}

} // namespace stele::load
