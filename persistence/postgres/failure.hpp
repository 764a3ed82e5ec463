// What a call of PostgreSQL failed with. Thrown inside the store only; becomes a value at its edge.
#pragma once

#include "persistence/store_error.hpp"

#include <exception>
#include <string>

namespace stele::postgres {

/// How far a statement had come when it failed.
enum class outcome {
  not_sent, ///< There was no connection; the server never saw it.
  answered, ///< The server said no: the statement, and the transaction around it, did nothing.
  lost      ///< The connection, the server or the time ran out in between: nobody can tell.
};

class failure final : public std::exception {
public:
  failure(outcome how, std::string sqlstate, std::string what);

  const char* what() const noexcept override { return what_.c_str(); }
  const std::string& sqlstate() const { return sqlstate_; }
  outcome how() const { return how_; }

  /// As the end of a write: `conflict`, `refused`, `unknown` or `unavailable`.
  store_error as_write() const;

  /// As the end of a read, or of a write that is sure to have been taken back: never `unknown`.
  store_error as_read() const;

private:
  outcome how_;
  std::string sqlstate_, what_;
};

/// What an error message of the server tells of its statement. Some codes come when the connection is cut under a
/// statement that may have been committed: they are `lost`, like every message that ends the session.
outcome outcome_of(const std::string& sqlstate, const std::string& severity);

} // namespace stele::postgres
