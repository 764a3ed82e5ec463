#include "persistence/postgres/parameters.hpp"

#include <algorithm>
#include <bit>

namespace stele::postgres {

namespace {

constexpr std::int64_t server_epoch_ms = 946'684'800'000; // 2000-01-01

void put32(std::string& out, std::uint32_t value) {
  const char bytes[4] = {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                         static_cast<char>(value)};
  out.append(bytes, 4);
}

void put64(std::string& out, std::uint64_t value) {
  put32(out, static_cast<std::uint32_t>(value >> 32));
  put32(out, static_cast<std::uint32_t>(value));
}

std::uint64_t in_range(std::uint64_t value) { return std::min<std::uint64_t>(value, INT64_MAX); }

unsigned array_of(pg_type element) {
  switch (element) {
  case pg_type::bytes:
    return 1001;
  case pg_type::bigint:
    return 1016;
  case pg_type::integer:
    return 1007;
  case pg_type::text:
    return 1009;
  case pg_type::json:
    return 199;
  case pg_type::real:
    return 1022;
  case pg_type::time:
    return 1185;
  default:
    return 2951;
  }
}

std::string_view view_of(const uuid& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }

} // namespace

std::string escape_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (static_cast<unsigned char>(c) > 1)
      out += c;
    else
      out += c == '\0' ? "\1\2" : "\1\3";
  }
  return out;
}

std::string unescape_text(std::string_view text) {
  if (text.find('\1') == std::string_view::npos) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\1' && i + 1 < text.size())
      out += text[++i] == '\2' ? '\0' : '\1';
    else
      out += text[i];
  }
  return out;
}

std::int64_t to_server_time(unix_ms at) { return (at - server_epoch_ms) * 1000; }
unix_ms from_server_time(std::int64_t at) { return at / 1000 + server_epoch_ms; }

std::string& parameters::next(unsigned type) {
  if (used_ == data_.size()) data_.emplace_back();
  types_.resize(used_);
  types_.push_back(type);
  std::string& value = data_[used_++];
  value.clear();
  return value;
}

parameters& parameters::add_boolean(bool value) {
  next(static_cast<unsigned>(pg_type::boolean)) = value ? '\1' : '\0';
  return *this;
}

parameters& parameters::add_integer(std::int64_t value) {
  put32(next(static_cast<unsigned>(pg_type::integer)), static_cast<std::uint32_t>(value));
  return *this;
}

parameters& parameters::add_bigint(std::uint64_t value) {
  return add_signed(static_cast<std::int64_t>(in_range(value)));
}

parameters& parameters::add_signed(std::int64_t value) {
  put64(next(static_cast<unsigned>(pg_type::bigint)), static_cast<std::uint64_t>(value));
  return *this;
}

parameters& parameters::add_real(double value) {
  put64(next(static_cast<unsigned>(pg_type::real)), std::bit_cast<std::uint64_t>(value));
  return *this;
}

parameters& parameters::add_text(std::string_view value) {
  next(static_cast<unsigned>(pg_type::text)) = value;
  return *this;
}

parameters& parameters::add_bytes(std::string_view value) {
  next(static_cast<unsigned>(pg_type::bytes)) = value;
  return *this;
}

parameters& parameters::add_id(const uuid& value) {
  next(static_cast<unsigned>(pg_type::id)) = view_of(value);
  return *this;
}

parameters& parameters::begin_array(pg_type element, std::size_t count) {
  std::string& out = next(array_of(element));
  put32(out, 1); // Dimensions.
  put32(out, 1); // There may be nulls.
  put32(out, static_cast<std::uint32_t>(element));
  put32(out, static_cast<std::uint32_t>(count));
  put32(out, 1); // The first index.
  return *this;
}

void parameters::put_null() { put32(last(), UINT32_MAX); }

void parameters::put_integer(std::int64_t value) {
  put32(last(), 4);
  put32(last(), static_cast<std::uint32_t>(value));
}

void parameters::put_bigint(std::uint64_t value) { put_signed(static_cast<std::int64_t>(in_range(value))); }

void parameters::put_signed(std::int64_t value) {
  put32(last(), 8);
  put64(last(), static_cast<std::uint64_t>(value));
}

void parameters::put_real(double value) {
  put32(last(), 8);
  put64(last(), std::bit_cast<std::uint64_t>(value));
}

void parameters::put_text(std::string_view value) {
  put32(last(), static_cast<std::uint32_t>(value.size()));
  last() += value;
}

void parameters::put_id(const uuid& value) { put_text(view_of(value)); }

const std::vector<const char*>& parameters::values() {
  values_.clear();
  lengths_.clear();
  for (std::size_t i = 0; i < used_; ++i) {
    values_.push_back(data_[i].data());
    lengths_.push_back(static_cast<int>(data_[i].size()));
  }
  formats_.assign(used_, 1);
  types_.resize(used_);
  return values_;
}

} // namespace stele::postgres
