// Lines for whoever runs the node.
#pragma once

#include <cstdint>
#include <string_view>

namespace stele {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Writes one line. Safe from any thread, actors included.
///
/// Goes to the spdlog logger named `stele`. A program registers its own under that name before the first line, or
/// changes level and format of the one made here, which writes to stderr.
void log(log_level level, std::string_view message);

} // namespace stele
