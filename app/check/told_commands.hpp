// P1, P3, P6, P13: what clients were told of their commands, held against the log.
#pragma once

#include "app/check/stream_case.hpp"

namespace stele::check {

/// Checks each command the history sent to the stream, and notes in its effect when that can have been.
void check_commands(stream_case& it);

} // namespace stele::check
