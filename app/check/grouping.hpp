// Numbers in groups, without a vector for each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stele::check {

/// The numbers 0 … n-1, each in one group; in ascending order there.
class grouping {
public:
  grouping() = default;

  /// `group_of(number)` is below `groups`.
  template <class GroupOf>
  grouping(std::size_t numbers, std::size_t groups, GroupOf&& group_of) : begins_(groups + 1), members_(numbers) {
    for (std::size_t i = 0; i < numbers; ++i) ++begins_[group_of(i) + 1];
    for (std::size_t i = 0; i < groups; ++i) begins_[i + 1] += begins_[i];
    auto at = begins_;
    for (std::size_t i = 0; i < numbers; ++i) members_[at[group_of(i)]++] = static_cast<std::uint32_t>(i);
  }

  std::span<const std::uint32_t> of(std::size_t group) const {
    return {members_.data() + begins_[group], members_.data() + begins_[group + 1]};
  }

private:
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> members_;
};

} // namespace stele::check
