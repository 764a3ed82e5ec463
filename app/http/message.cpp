#include "app/http/message.hpp"

namespace stele::http {
namespace {

const std::string* find(const std::vector<std::pair<std::string, std::string>>& list, std::string_view name) {
  for (const auto& [key, value] : list)
    if (key == name) return &value;
  return nullptr;
}

} // namespace

const std::string& request::parameter(std::string_view name) const {
  static const std::string none;
  const auto* found = find(parameters, name);
  return found ? *found : none;
}

const std::string* request::header(std::string_view name) const { return find(headers, name); }

const std::string* request::query_value(std::string_view name) const { return find(query, name); }

} // namespace stele::http
