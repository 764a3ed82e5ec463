#include "app/http/routes.hpp"

#include <algorithm>

namespace stele::http {
namespace {

bool is_parameter(const std::string& segment) { return segment.size() > 2 && segment.front() == '{'; }

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> out;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto end = std::min(pattern.find('/'), pattern.size());
    out.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return out;
}

bool fits(const route& it, const std::vector<std::string>& path) {
  if (it.segments.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (is_parameter(it.segments[i]) ? path[i].empty() : it.segments[i] != path[i]) return false;
  return true;
}

// The pattern whose literal comes first says more about the path.
bool is_nearer(const route& a, const route& b) {
  for (std::size_t i = 0; i < a.segments.size(); ++i)
    if (is_parameter(a.segments[i]) != is_parameter(b.segments[i])) return is_parameter(b.segments[i]);
  return false;
}

void add_method(std::vector<std::string>& methods, const std::string& method) {
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) methods.push_back(method);
}

} // namespace

void routes::add(std::string method, std::string pattern, handler answer, route_notes notes) {
  const bool taken =
      std::any_of(all_.begin(), all_.end(), [&](const route& r) { return r.method == method && r.pattern == pattern; });
  if (taken) return;
  auto segments = split(pattern);
  all_.push_back({std::move(method), std::move(pattern), std::move(segments), std::move(answer), std::move(notes)});
}

route_match routes::match(std::string_view method, const std::vector<std::string>& path) const {
  route_match out;
  for (const auto& it : all_) {
    if (!fits(it, path)) continue;
    add_method(out.allowed, it.method);
    if (it.method == "GET") add_method(out.allowed, "HEAD");
    if (it.method == method && (!out.found || is_nearer(it, *out.found))) out.found = &it;
  }
  if (!out.found) return out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& segment = out.found->segments[i];
    if (is_parameter(segment)) out.parameters.emplace_back(segment.substr(1, segment.size() - 2), path[i]);
  }
  return out;
}

} // namespace stele::http
