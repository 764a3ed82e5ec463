// An amount of money: exact, in minor units.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace stele {

/// An amount in cents. In JSON it is a plain decimal number with two decimals (`19.98`); a number that lies between two
/// cents is refused when it is read. Whoever adds many uses `plus` and `times`, which notice an overflow.
class money {
public:
  constexpr money() = default;

  static constexpr money from_minor_units(std::int64_t cents) { return money{cents}; }
  constexpr std::int64_t minor_units() const { return cents_; }

  /// Nothing when the sum can't be held.
  constexpr std::optional<money> plus(money other) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(cents_, other.cents_, &sum)) return std::nullopt;
    return money{sum};
  }

  /// Nothing when the product can't be held.
  constexpr std::optional<money> times(std::int64_t count) const {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(cents_, count, &product)) return std::nullopt;
    return money{product};
  }

  friend constexpr money operator+(money a, money b) { return money{a.cents_ + b.cents_}; }
  friend constexpr money operator-(money a, money b) { return money{a.cents_ - b.cents_}; }
  friend constexpr money operator*(money a, std::int64_t count) { return money{a.cents_ * count}; }
  friend constexpr auto operator<=>(money, money) = default;

private:
  constexpr explicit money(std::int64_t cents) : cents_(cents) {}
  std::int64_t cents_ = 0;
};

/// The largest amount that every JSON reader holds exactly: 2^53 cents.
inline constexpr money money_max = money::from_minor_units(std::int64_t{1} << 53);

constexpr money cents(std::int64_t count) { return money::from_minor_units(count); }

} // namespace stele
