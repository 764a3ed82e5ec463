#include "actors/trace.hpp"

namespace stele {

namespace {

constexpr std::string_view member = "\"traceparent\":\"";
constexpr std::size_t traceparent_size = 55;

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

} // namespace

bool is_traceparent(std::string_view text) {
  if (text.size() != traceparent_size || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-') return false;
  const auto trace = text.substr(3, 32), span = text.substr(36, 16), flags = text.substr(53, 2);
  return is_hex(trace) && is_hex(span) && is_hex(flags) && !is_zero(trace) && !is_zero(span);
}

std::string trace_metadata(std::string_view traceparent) {
  if (!is_traceparent(traceparent)) return {};
  return '{' + std::string(member) + std::string(traceparent) + "\"}";
}

std::string trace_note(std::string_view metadata) {
  const auto found = metadata.find(member);
  if (found == std::string_view::npos) return {};
  const auto rest = metadata.substr(found + member.size());
  const auto text = rest.substr(0, rest.find('"'));
  if (!is_traceparent(text)) return {};
  return " (trace " + std::string(text.substr(3, 32)) + ')';
}

} // namespace stele
