// The small change of JSON: strings, numbers, amounts and moments, to text and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stele {

/// `"text"`, with what JSON wants escaped.
void append_json_string(std::string& out, std::string_view text);

void append_json_integer(std::string& out, std::int64_t value);
void append_json_unsigned(std::string& out, std::uint64_t value);

/// The shortest text that reads back as the same double. Throws `std::domain_error` for what JSON can't say: an
/// infinity, or no number at all.
void append_json_real(std::string& out, double value);

/// `19.98`, `20.00`, `-0.05`: an amount of minor units as a plain decimal number.
void append_json_money(std::string& out, std::int64_t minor_units);

/// `2024-02-29T12:00:00.000Z`, without quotes: years 0000 to 9999, what is outside is shown as the nearest of them.
void append_rfc3339(std::string& out, std::int64_t unix_ms);

/// Readers of the text of a JSON number. Nothing when it isn't of that kind or too large for it.
std::optional<std::int64_t> read_integer(std::string_view number); ///< Whole numbers only; `1e2` and `3.0` are whole.
std::optional<std::uint64_t> read_unsigned(std::string_view number);
std::optional<double> read_real(std::string_view number);

/// Minor units of a number that is the double nearest to some whole cent, up to 2^53 cents either way: `19.980` and
/// `1e2` are, `1.001` isn't.
std::optional<std::int64_t> read_money(std::string_view number);

/// Milliseconds since 1970 of an RFC 3339 moment, with any offset; digits after the third of a second are dropped.
std::optional<std::int64_t> read_rfc3339(std::string_view text);

/// True for what JSON takes as a number: no `+`, no leading zero, no bare point.
bool is_json_number(std::string_view text);

/// True when the bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

} // namespace stele
