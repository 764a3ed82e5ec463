// An amount of money: exact, in minor units.
#pragma once

#include <compare>
#include <cstdint>

namespace stele {

/// An amount in cents. In JSON it is a plain decimal number with two decimals (`19.98`); a number that lies between two
/// cents is refused when it is read. Sums and products are those of 64-bit integers: rules bound what they add, as by
/// `money_max`, before it can overflow.
class money {
public:
  constexpr money() = default;

  static constexpr money from_minor_units(std::int64_t cents) { return money{cents}; }
  constexpr std::int64_t minor_units() const { return cents_; }

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
