#include "app/http/wire.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace stele::http {
namespace {

constexpr std::string_view security_headers = "X-Content-Type-Options: nosniff\r\n"
                                              "Cache-Control: no-store\r\n"
                                              "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                                              "Referrer-Policy: no-referrer\r\n";

struct phrase {
  unsigned status;
  std::string_view text;
};

constexpr std::array phrases = {
    phrase{100, "Continue"},
    phrase{200, "OK"},
    phrase{201, "Created"},
    phrase{202, "Accepted"},
    phrase{400, "Bad Request"},
    phrase{401, "Unauthorized"},
    phrase{403, "Forbidden"},
    phrase{404, "Not Found"},
    phrase{405, "Method Not Allowed"},
    phrase{408, "Request Timeout"},
    phrase{409, "Conflict"},
    phrase{412, "Precondition Failed"},
    phrase{413, "Content Too Large"},
    phrase{414, "URI Too Long"},
    phrase{417, "Expectation Failed"},
    phrase{422, "Unprocessable Content"},
    phrase{429, "Too Many Requests"},
    phrase{431, "Request Header Fields Too Large"},
    phrase{500, "Internal Server Error"},
    phrase{503, "Service Unavailable"},
    phrase{504, "Gateway Timeout"},
};

// The date changes once a second; making it for every answer would cost more than the rest of the header.
std::string_view date_line() {
  thread_local std::time_t made_at = 0;
  thread_local std::array<char, 48> line{};
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    size = std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    made_at = now;
  }
  return {line.data(), size};
}

// A value never ends its line, wherever it came from.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  std::remove_copy_if(value.begin(), value.end(), std::back_inserter(out),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  out.append("\r\n");
}

} // namespace

std::string_view reason_phrase(unsigned status) {
  const auto* found = std::find_if(phrases.begin(), phrases.end(), [&](const phrase& p) { return p.status == status; });
  return found == phrases.end() ? "Status" : found->text;
}

std::string to_wire(const response& it, bool keep_alive, bool head) {
  std::string out;
  out.reserve(512 + it.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(it.status)).append(" ").append(reason_phrase(it.status)).append("\r\n");
  out.append(date_line()).append(security_headers);
  append_header(out, "Content-Type", it.content_type);
  if (!it.rest) append_header(out, "Content-Length", std::to_string(it.body.size()));
  for (const auto& [name, value] : it.headers) append_header(out, name, value);
  if (!keep_alive) append_header(out, "Connection", "close");
  out.append("\r\n");
  if (!head) out.append(it.body);
  return out;
}

std::string printable(std::string_view text) {
  constexpr std::size_t length_max = 200;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text.substr(0, length_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      out += c;
      continue;
    }
    out.append("\\x");
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return text.size() > length_max ? out + "…" : out;
}

} // namespace stele::http
