// The trace a command belongs to: the W3C `traceparent` its caller sent, kept with its events and named in log lines.
#pragma once

#include <string>
#include <string_view>

namespace stele {

/// Version 00 of https://www.w3.org/TR/trace-context/.
bool is_traceparent(std::string_view text);

/// `{"traceparent":"…"}`; empty when that is none.
std::string trace_metadata(std::string_view traceparent);

/// ` (trace 4bf92f3577b34da6a3ce929d0e0e4736)` of metadata with a traceparent, to be put behind a sentence; else empty.
std::string trace_note(std::string_view metadata);

} // namespace stele
