// Waits for the signal that ends a program.
#pragma once

namespace stele {

/// From now on the first SIGTERM or SIGINT is taken down for `wait_for_end`, and the second ends the process at once
/// with exit code 1: nothing that was answered is lost by that. SIGHUP and SIGPIPE are ignored. Call it once, before
/// threads that should not die of these signals do their work.
void take_signals();

/// Blocks until the first SIGTERM or SIGINT, at most `limit_ms` (negative: for ever). True when there was one. Where
/// signals were not taken there is none to wait for, and the limit passes.
bool wait_for_end(int limit_ms = -1);

/// Ends the wait as a signal would. From any thread.
void end_now();

} // namespace stele
