// What a request says beside its path and body: keys, versions, tokens, waits.
#pragma once

#include "actors/refusal.hpp"
#include "actors/token.hpp"
#include "app/http/message.hpp"
#include "app/http/settings.hpp"

#include <boost/system/result.hpp>

#include <initializer_list>
#include <optional>

namespace stele {
class node;
}

namespace stele::http {

/// What was asked, or why it can't be understood.
template <class T>
using asked = boost::system::result<T, refusal>;

/// The command id of a request.
struct command_key {
  uuid id;
  bool given = false; ///< By the caller; else made here.
};

/// `Idempotency-Key`: 1 to 255 printable ASCII characters. A UUID is used as it is, anything else is hashed; absent: a
/// new UUIDv7.
asked<command_key> read_key(const request& it, const node& shop);

/// `If-Match`: `"3"`, `3` or `*`, which expects nothing.
asked<std::optional<stream_version>> read_if_match(const request& it);

/// All `after` of the query and the header `X-Stele-Token`, merged. Refuses damaged tokens and those of another
/// history.
asked<token> read_after(const request& it, const node& shop);

/// `timeout`: milliseconds, or `2s`, or `500ms`.
asked<std::int64_t> read_timeout(const request& it, const http_settings& settings);

/// A whole number of the query within bounds; absent: `otherwise`.
asked<std::uint64_t> read_whole(const request& it, std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                                std::uint64_t most);

/// The W3C `traceparent` of the caller as metadata of the events: `{"traceparent":"…"}`; empty when there is none, or
/// none that is well-formed.
std::string read_metadata(const request& it);

/// An id is 1 to 128 of `A-Za-z0-9._~-`, and neither `.` nor `..`.
std::optional<refusal> check_id(std::string_view id, std::string_view pointer = {});

/// Refuses query parameters that nobody reads, and doubled ones (but `after`), so that a typo is not taken for silence.
/// `after` and `timeout` are always among the known.
std::optional<refusal> check_query(const request& it, std::initializer_list<std::string_view> known);

/// True for what every read takes: `after` and `timeout`.
bool is_common_parameter(std::string_view name);

refusal invalid(std::string code, std::string message, std::string pointer = {});

/// A non-negative whole number in decimal digits alone.
std::optional<std::uint64_t> parse_whole(std::string_view text);

} // namespace stele::http
