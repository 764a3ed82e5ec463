// The values of a statement in PostgreSQL's binary form, arrays included.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::postgres {

/// Numbers of the server's built-in types, and of arrays of them.
enum class pg_type : std::uint32_t {
  boolean = 16,
  bytes = 17,
  bigint = 20,
  integer = 23,
  text = 25,
  json = 114,
  real = 701,
  time = 1184,
  id = 2950,
};

/// Text as a column keeps it: PostgreSQL takes no zero byte, so 0 and 1 become 1 2 and 1 3. Order and equality of
/// bytes stay.
std::string escape_text(std::string_view text);
std::string unescape_text(std::string_view text);

/// Milliseconds since 1970 as the server counts: microseconds since 2000.
std::int64_t to_server_time(unix_ms at);
unix_ms from_server_time(std::int64_t at);

/// Values by place. Used again it keeps its memory: `clear`, then add in order.
class parameters {
public:
  parameters& add_boolean(bool value);
  parameters& add_integer(std::int64_t value); ///< int4.
  parameters& add_bigint(std::uint64_t value); ///< int8; beyond its range the greatest there is.
  parameters& add_signed(std::int64_t value);  ///< int8.
  parameters& add_real(double value);
  parameters& add_text(std::string_view value);
  parameters& add_bytes(std::string_view value);
  parameters& add_id(const uuid& value);

  /// An array of `count` elements; then as many `put_…`.
  parameters& begin_array(pg_type element, std::size_t count);
  void put_null();
  void put_integer(std::int64_t value);
  void put_bigint(std::uint64_t value);
  void put_signed(std::int64_t value);
  void put_real(double value);
  void put_text(std::string_view value);
  void put_id(const uuid& value);

  void clear() { used_ = 0; }
  std::size_t size() const { return used_; }

  /// As libpq wants them; valid until the next change.
  const std::vector<unsigned>& types() const { return types_; }
  const std::vector<const char*>& values();
  const std::vector<int>& lengths() const { return lengths_; }
  const std::vector<int>& formats() const { return formats_; }

private:
  std::string& next(unsigned type);
  std::string& last() { return data_[used_ - 1]; }

  std::size_t used_ = 0;
  std::vector<std::string> data_;
  std::vector<unsigned> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

} // namespace stele::postgres
