#include "persistence/postgres/failure.hpp"

#include <utility>

namespace stele::postgres {

failure::failure(outcome how, std::string sqlstate, std::string what)
    : how_(how), sqlstate_(std::move(sqlstate)), what_(std::move(what)) {
  while (!what_.empty() && what_.back() == '\n') what_.pop_back();
}

store_error failure::as_write() const {
  if (how_ == outcome::not_sent) return {store_fault::unavailable, what_};
  if (how_ == outcome::lost)
    return {store_fault::unknown, "nobody can tell whether it was written: " + what_ + "; resolve it"};
  if (sqlstate_ == "23505") return {store_fault::conflict, "the store holds something else there: " + what_};
  return {store_fault::refused, "nothing was written: " + what_};
}

store_error failure::as_read() const {
  if (how_ != outcome::answered) return {store_fault::unavailable, what_};
  const bool damaged = sqlstate_ == "XX001" || sqlstate_ == "XX002";
  return {damaged ? store_fault::corrupt : store_fault::refused, what_};
}

outcome outcome_of(const std::string& sqlstate, const std::string& severity) {
  const bool ends_session = severity == "FATAL" || severity == "PANIC";
  const bool cut = sqlstate.starts_with("08") || sqlstate.starts_with("57P0") || sqlstate == "40003";
  return ends_session || cut ? outcome::lost : outcome::answered;
}

} // namespace stele::postgres
