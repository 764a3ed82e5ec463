// The rows a statement gave, in binary form.
#pragma once

#include "persistence/identifiers.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

extern "C" {
typedef struct pg_result PGresult;
}

namespace stele::postgres {

/// Owns a result of libpq. Numbers are read in the width the column has.
class result {
public:
  explicit result(PGresult* it) : it_(it) {}

  int rows() const;
  std::uint64_t affected() const; ///< Rows that were inserted, updated or deleted.
  bool is_null(int row, int column) const;
  std::int64_t integer(int row, int column) const; ///< int2, int4, int8, bool; 0 for null.
  double real(int row, int column) const;
  std::string_view text(int row, int column) const; ///< Also bytes and JSON. Lives as long as this.
  uuid id(int row, int column) const;

private:
  struct clear {
    void operator()(PGresult* it) const;
  };
  std::unique_ptr<PGresult, clear> it_;
};

} // namespace stele::postgres
