// Lines for whoever runs the node.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace stele {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Writes one line. Safe from any thread, actors included.
void log(log_level level, std::string_view message);

/// Lines below `least` are dropped. At first: `info`.
void set_log_level(log_level least);

/// Where lines go from now on, from any thread; an empty one: back to stderr, where they go at first.
using log_sink = std::function<void(log_level, std::string_view)>;
void set_log_sink(log_sink sink);

std::string_view to_string(log_level level);

} // namespace stele
