// Chooses which order an operation is about: all alike, or a few much more often than the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stele::load {

/// Rank r (from 0) of `count` is chosen in proportion to 1 / (r + 1)^exponent; exponent 0: all alike. Takes eight bytes
/// a rank unless all are alike. Never changes, so any thread may choose.
class zipf {
public:
  zipf(std::size_t count, double exponent);

  /// The rank of a random word: the same word gives the same rank.
  std::size_t choose(std::uint64_t random) const;
  std::size_t count() const { return count_; }

private:
  std::size_t count_;
  std::vector<double> upto_; ///< Share of all ranks up to each. Empty: all alike.
};

} // namespace stele::load
