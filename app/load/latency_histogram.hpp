// Counts latencies in buckets of bounded relative error, as HDR histograms do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stele::load {

/// Nanoseconds from 0 to 2^42 (more than an hour; above it the last bucket). Exact below 256, and above it each power
/// of two is cut into 128 buckets, so that a value read back differs from the one added by less than 0.8 %. Adding
/// takes no memory. Belongs to one thread at a time.
class latency_histogram {
public:
  void add(std::int64_t nanoseconds);
  void add(const latency_histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  std::int64_t max() const { return max_; } ///< Exact. 0: nothing was added.
  double mean() const;

  /// The least value that at least this share (0 to 1) of all are not above; 0 when nothing was added. Never above
  /// `max`.
  std::int64_t quantile(double share) const;

private:
  static constexpr std::size_t exact = 256, steps = 128, octaves = 34;
  static std::size_t bucket_of(std::uint64_t value);
  static std::int64_t highest_of(std::size_t bucket);

  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(exact + steps * octaves);
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

} // namespace stele::load
