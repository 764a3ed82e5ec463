// Reads a history: the lines `stele load --history` writes.
#pragma once

#include "app/check/history.hpp"

#include <functional>
#include <istream>
#include <optional>

namespace stele::check {

/// Reads all lines into `to`. A last line that is cut short (no line end, no whole JSON) is left out and noted there.
/// Answers a sentence with the number of a line that can't be read and what was wanted. `progress` hears the number of
/// lines now and then.
std::optional<std::string> read_history(std::istream& in, history& to,
                                        const std::function<void(std::uint64_t)>& progress = {});

} // namespace stele::check
