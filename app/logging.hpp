// Where log lines go: stderr, through spdlog, one line an event.
#pragma once

#include <string>
#include <string_view>

namespace stele {

/// Sends `stele::log` to stderr: time, level, node and the message. `level` is `debug`, `info`, `warning` or `error`.
void set_up_logging(std::string_view node_name, std::string_view level);

/// The text with control characters written as \xNN: an event stays one line, and nothing in it drives a terminal.
std::string escape_control_characters(std::string_view text);

} // namespace stele
