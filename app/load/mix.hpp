// Which kinds of operation a load is made of, and how often each comes.
#pragma once

#include "app/load/operation.hpp"

#include <boost/system/result.hpp>

#include <array>
#include <string>
#include <string_view>

namespace stele::load {

/// Weights by kind. A value.
class mix {
public:
  mix(); ///< What `default_mix` says.

  /// Reads `add=40,look-up=60`: kinds left out don't come. The error is a sentence.
  static boost::system::result<mix, std::string> parse(std::string_view text);

  op_kind choose(std::uint64_t random) const;
  std::string text() const; ///< As `parse` reads it.

private:
  struct empty {};
  explicit mix(empty) {}

  std::array<std::uint64_t, op_kind_names.size()> weights_{};
  std::uint64_t sum_ = 0;
};

inline constexpr std::string_view default_mix =
    "create=8,add=40,cancel=2,ship=5,look-up=20,look-up-token=14,list=3,list-token=3,retry=5";

} // namespace stele::load
