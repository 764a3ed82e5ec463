#include "app/http/head_check.hpp"

#include "app/http/problem.hpp"

#include <algorithm>
#include <array>

namespace stele::http {
namespace {

std::size_t count(const header_list& fields, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; }));
}

std::string_view value_of(const header_list& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name) return value;
  return {};
}

std::optional<response> check_sizes(const request_head& it, const http_settings& settings) {
  const std::size_t line = it.method.size() + it.target.size() + std::string_view("  HTTP/1.1\r\n").size();
  if (line > settings.request_line_bytes_max)
    return problem(414, "request_line_too_long",
                   "the request line must be at most " + std::to_string(settings.request_line_bytes_max) + " bytes");
  std::size_t bytes = 0;
  for (const auto& [name, value] : it.headers) bytes += name.size() + value.size() + 4;
  if (bytes > settings.header_bytes_max || it.headers.size() > settings.header_fields_max)
    return problem(431, "header_too_large",
                   "the header must be at most " + std::to_string(settings.header_bytes_max) + " bytes in " +
                       std::to_string(settings.header_fields_max) + " fields");
  return std::nullopt;
}

std::optional<response> check_framing(const request_head& it) {
  const auto fault = [](std::string_view sentence) { return problem(400, "malformed_request", sentence); };
  const auto lengths = count(it.headers, "content-length"), codings = count(it.headers, "transfer-encoding");
  if (lengths + codings > 1) return fault("a request must tell the length of its body once");
  const auto length = value_of(it.headers, "content-length");
  if (lengths == 1 && (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos))
    return fault("Content-Length must be one decimal number");
  if (codings == 0) return std::nullopt;
  if (it.version < 11) return fault("Transfer-Encoding needs HTTP/1.1");
  if (!same_name(value_of(it.headers, "transfer-encoding"), "chunked"))
    return fault("the only Transfer-Encoding understood is 'chunked'");
  return std::nullopt;
}

/// `name:port` without the port; `[::1]:8080` becomes `[::1]`. Empty when what follows the name is no port.
std::string_view without_port(std::string_view host) {
  const auto bracket = !host.empty() && host.front() == '[' ? host.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const auto colon = std::min(host.find(':', bracket), host.size());
  const auto port = host.substr(std::min(colon + 1, host.size()));
  const bool good = port.find_first_not_of("0123456789") == std::string_view::npos;
  return good ? host.substr(0, colon) : std::string_view{};
}

std::optional<response> check_host(const request_head& it, const http_settings& settings) {
  const auto hosts = count(it.headers, "host");
  if (hosts > 1 || (hosts == 0 && it.version >= 11))
    return problem(400, "malformed_request", "a request must carry one Host field");
  if (hosts == 1 && !is_own_host(value_of(it.headers, "host"), settings)) return foreign_host();
  return std::nullopt;
}

// Browsers say where a page came from; curl and other programs send no Origin.
std::optional<response> check_origin(const request_head& it, const http_settings& settings) {
  if (count(it.headers, "origin") == 0) return std::nullopt;
  auto origin = value_of(it.headers, "origin");
  const auto scheme = origin.find("://");
  if (count(it.headers, "origin") == 1 && scheme != std::string_view::npos &&
      is_own_host(origin.substr(scheme + 3), settings))
    return std::nullopt;
  return problem(403, "foreign_origin", "pages of other sites may not call this node");
}

} // namespace

response foreign_host() {
  return problem(403, "foreign_host", "Host must be localhost, 127.0.0.1, [::1] or a name from http.allowed-hosts");
}

bool is_own_host(std::string_view host, const http_settings& settings) {
  constexpr std::array<std::string_view, 3> own = {"localhost", "127.0.0.1", "[::1]"};
  const auto name = without_port(host);
  const auto fits = [&](std::string_view allowed) { return same_name(allowed, name); };
  return std::any_of(own.begin(), own.end(), fits) ||
         std::any_of(settings.allowed_hosts.begin(), settings.allowed_hosts.end(), fits);
}

std::optional<response> find_fault(const request_head& it, const http_settings& settings) {
  if (auto fault = check_sizes(it, settings)) return fault;
  if (auto fault = check_framing(it)) return fault;
  if (auto fault = check_host(it, settings)) return fault;
  return check_origin(it, settings);
}

} // namespace stele::http
