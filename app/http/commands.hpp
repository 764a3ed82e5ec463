// From a request to a command and from its outcome to an answer.
#pragma once

#include "app/http/call.hpp"

namespace stele::http {

/// A command as a route understood it.
struct command_call {
  std::string aggregate, id;
  std::string type;
  std::string body;
  std::string id_name = "id"; ///< The member of the answer that holds the id.
  std::string location;       ///< Of what was created: then 201, else 200.
};

/// Submits it and answers `{<id_name>, version, token}` with `ETag` and `X-Stele-Token`, or the problem.
void send_command(node& shop, const http_settings& settings, const request& it, const command_key& key,
                  command_call what, reply answer);

/// The body of the request; an empty one is `{}`.
std::string body_of(const request& it);

/// The body, or in place of an empty one an object of the query parameters: numbers stay numbers, the rest is text.
/// Refused when both are there.
asked<std::string> body_or_query(const request& it, std::initializer_list<std::string_view> numbers);

/// Takes the text member `name` out of the object `body`; nothing when it is not there or `body` can't be read, which
/// the decoding of the command will say better. Refused when it is not text or stands twice.
asked<std::optional<std::string>> take_text_member(std::string& body, std::string_view name);

} // namespace stele::http
