#include "app/admin/node_call.hpp"

#include "app/admin/raw_json.hpp"
#include "app/logging.hpp"

#include <cstdio>

namespace stele::admin {

namespace {

bool is_problem(const http::client_response& it) {
  return it.header("Content-Type").value_or("").rfind("application/problem+json", 0) == 0;
}

} // namespace

node_call::node_call(const node_options& options) : options_(options), client_(options.node) {}

std::optional<std::string> node_call::request(std::string_view method, const std::string& target, std::string_view body,
                                              const http::header_list& headers) {
  auto answer = client_.request(method, target, body, headers);
  if (!answer) {
    may_have_happened_ = answer.error().sent;
    std::fprintf(stderr, "%s (--node HOST:PORT names another)\n", answer.error().what.c_str());
    return std::nullopt;
  }
  if (answer->status / 100 == 2) return std::move(answer->body);
  may_have_happened_ = answer->status == 504;
  tell(*answer);
  return std::nullopt;
}

void node_call::tell(const http::client_response& refused) const {
  if (options_.json) std::printf("%s\n", refused.body.c_str());
  const auto code = is_problem(refused) ? plain_value(refused.body, "code") : std::string();
  auto detail = is_problem(refused) ? plain_value(refused.body, "detail") : refused.body;
  if (detail.empty() && is_problem(refused)) detail = plain_value(refused.body, "title");
  std::fprintf(stderr, "refused (%u%s): %s\n", refused.status, code.empty() ? "" : (' ' + code).c_str(),
               escape_control_characters(detail).c_str());
}

} // namespace stele::admin
