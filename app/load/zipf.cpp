#include "app/load/zipf.hpp"

#include <algorithm>
#include <cmath>

namespace stele::load {

zipf::zipf(std::size_t count, double exponent) : count_(std::max<std::size_t>(count, 1)) {
  if (exponent <= 0) return;
  upto_.reserve(count_);
  double sum = 0;
  for (std::size_t rank = 0; rank < count_; ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -exponent);
    upto_.push_back(sum);
  }
  for (auto& each : upto_) each /= sum;
}

std::size_t zipf::choose(std::uint64_t random) const {
  const double share = static_cast<double>(random >> 11) * 0x1p-53; // From 0 to below 1.
  if (upto_.empty()) return std::min(static_cast<std::size_t>(share * static_cast<double>(count_)), count_ - 1);
  const auto found = std::upper_bound(upto_.begin(), upto_.end(), share);
  return std::min(static_cast<std::size_t>(found - upto_.begin()), count_ - 1);
}

} // namespace stele::load
