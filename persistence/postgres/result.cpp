#include "persistence/postgres/result.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

namespace stele::postgres {

void result::clear::operator()(PGresult* it) const { PQclear(it); }

int result::rows() const { return PQntuples(it_.get()); }

std::uint64_t result::affected() const {
  const char* text = PQcmdTuples(it_.get());
  std::uint64_t count = 0;
  std::from_chars(text, text + std::strlen(text), count);
  return count;
}

bool result::is_null(int row, int column) const { return PQgetisnull(it_.get(), row, column) != 0; }

std::int64_t result::integer(int row, int column) const {
  const std::string_view bytes = text(row, column);
  std::uint64_t value = !bytes.empty() && static_cast<signed char>(bytes[0]) < 0 ? UINT64_MAX : 0;
  for (char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

double result::real(int row, int column) const {
  return std::bit_cast<double>(static_cast<std::uint64_t>(integer(row, column)));
}

std::string_view result::text(int row, int column) const {
  return {PQgetvalue(it_.get(), row, column), static_cast<std::size_t>(PQgetlength(it_.get(), row, column))};
}

uuid result::id(int row, int column) const {
  uuid id;
  const std::string_view bytes = text(row, column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.bytes.size()), id.bytes.begin());
  return id;
}

} // namespace stele::postgres
