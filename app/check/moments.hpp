// P1, P4, P6, P11, P13, P14, P15: what clients saw of a stream, in the order of real time.
#pragma once

#include "app/check/stream_case.hpp"

namespace stele::check {

/// Goes through every acknowledgement, refusal and row of the stream in the order they were asked for. Each must be
/// possible at a version between what had been answered before it was asked for and what had been sent before it was
/// answered. Wants `check_commands` first.
void check_moments(stream_case& it);

} // namespace stele::check
