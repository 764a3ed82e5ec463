// Holds a row as it is stored against the row its events make.
#pragma once

#include "app/admin/findings.hpp"
#include "persistence/row.hpp"

#include <exception>
#include <optional>
#include <string>

namespace stele::admin {

/// Adds `row_missing`, `row_extra` or `row_differs` when they are not equal; `where` begins the sentence.
void compare_row(findings& into, const table_schema& schema, const std::string& where,
                 const std::optional<row_values>& wanted, const std::optional<row_values>& found);

/// Nothing when `make`, which runs an author's code, answers a value; else why not.
template <class Made>
std::optional<std::string> why_not(Made make) {
  try {
    const auto made = make();
    return made ? std::nullopt : std::optional(made.error().what);
  } catch (const std::exception& thrown) { // The author's own code may throw.
    return thrown.what();
  }
}

} // namespace stele::admin
