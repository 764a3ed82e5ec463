// What SQLite complains about, on its way up to where it becomes a `store_error`.
#pragma once

#include "persistence/store_error.hpp"

#include <exception>

namespace stele::sqlite {

/// Thrown by connections and statements, caught by the threads that run them; never leaves this folder.
class failure : public std::exception {
public:
  failure(int code, std::string what) : code_(code), what_(std::move(what)) {}
  int code() const { return code_; } ///< Extended result code of SQLite.
  const char* what() const noexcept override { return what_.c_str(); }

  /// The kind of fault, when nothing was changed by the call.
  store_fault fault() const;
  store_error error() const { return {fault(), what_}; }

  /// True when the connection should be opened anew before it is used again.
  bool breaks_connection() const;

private:
  int code_;
  std::string what_;
};

} // namespace stele::sqlite
