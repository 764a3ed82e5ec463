// An answer as bytes.
#pragma once

#include "app/http/message.hpp"

namespace stele::http {

/// Status line, header and body. Every answer carries the security headers: the bodies are data, never a page.
/// `head`: the length is told and the body left out. Of an answer with a `rest` no length is told.
std::string to_wire(const response& it, bool keep_alive, bool head);

/// `Not Found` for 404.
std::string_view reason_phrase(unsigned status);

/// `text` for a log line: control characters and bytes above ASCII as \xNN, cut at 200 characters.
std::string printable(std::string_view text);

} // namespace stele::http
