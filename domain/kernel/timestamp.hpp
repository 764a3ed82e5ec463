// A moment: what events are stamped with.
#pragma once

#include <compare>
#include <cstdint>

namespace stele {

/// Milliseconds since 1970-01-01T00:00:00Z. In JSON it is RFC 3339 in UTC: `2024-02-29T12:00:00.000Z`. The domain never
/// asks for the time: a view is handed the moment an event was recorded, a command brings it as a field.
class timestamp {
public:
  constexpr timestamp() = default;

  static constexpr timestamp from_unix_ms(std::int64_t ms) { return timestamp{ms}; }
  constexpr std::int64_t unix_ms() const { return ms_; }

  friend constexpr auto operator<=>(timestamp, timestamp) = default;

private:
  constexpr explicit timestamp(std::int64_t ms) : ms_(ms) {}
  std::int64_t ms_ = 0;
};

} // namespace stele
