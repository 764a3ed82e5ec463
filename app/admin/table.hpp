// Text in columns, for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stele::admin {

/// Rows of a table, the first being its head. Columns are as wide as their longest value; a column of numbers only is
/// aligned to the right. Control characters are shown as \xNN.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// `1234567` as `1,234,567`.
std::string grouped(std::uint64_t number);

} // namespace stele::admin
