#include "app/http/access.hpp"

#include "app/http/problem.hpp"
#include "app/http/target.hpp"

#include <algorithm>
#include <chrono>

namespace stele::http {

namespace {

using security::role;
using security::verdict;

response unauthorized(std::string_view code, std::string_view detail, bool sent_one) {
  auto out = problem(401, code, detail);
  out.headers.emplace_back("WWW-Authenticate",
                           sent_one ? R"(Bearer realm="stele", error="invalid_token")" : R"(Bearer realm="stele")");
  return out;
}

response too_small(role has, role needs) {
  auto out = problem(403, "role_too_small",
                     "this needs a key with the role " + std::string(to_string(needs)) + "; yours has the role " +
                         std::string(to_string(has)));
  out.headers.emplace_back("WWW-Authenticate", R"(Bearer realm="stele", error="insufficient_scope")");
  return out;
}

response refusal_of(verdict is) {
  if (is == verdict::expired) return unauthorized("key_expired", "the key has expired; ask for a new one", true);
  if (is == verdict::revoked) return unauthorized("key_revoked", "the key was revoked; ask for a new one", true);
  if (is == verdict::no_keys)
    return problem(503, "keys_unreadable", "the node can't use its key file, so it lets nobody in; its log says why");
  return unauthorized("key_not_accepted", "no key of this node is like the one sent", true);
}

std::optional<role> role_for(const request_head& it, const routes& table) {
  const auto parsed = parse_target(it.target);
  const auto* where = std::get_if<target>(&parsed);
  if (!where) return role::query;
  const auto match = table.match(it.method == "HEAD" ? "GET" : it.method, where->path);
  return match.found ? role_needed(*match.found) : role::query;
}

// What follows `Bearer`, if there is one such field.
std::optional<std::string_view> bearer_of(const request_head& it) {
  constexpr std::string_view scheme = "bearer ";
  std::optional<std::string_view> found;
  for (const auto& [name, value] : it.headers) {
    if (name != "authorization") continue;
    if (found || !same_name(std::string_view(value).substr(0, scheme.size()), scheme)) return std::string_view{};
    found = std::string_view(value).substr(scheme.size());
  }
  return found;
}

} // namespace

std::int64_t key_time() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::optional<role> role_needed(const route& it) {
  switch (it.notes.needs) {
  case access::open:
    return std::nullopt;
  case access::query:
    return role::query;
  case access::command:
    return role::command;
  case access::admin:
    return role::admin;
  case access::by_method:
    break;
  }
  return it.method == "GET" ? role::query : role::command;
}

admission admit(const request_head& it, const routes& table, const security::key_ring& keys) {
  const auto needs = role_for(it, table);
  if (!needs) return {};
  const auto sent = bearer_of(it);
  if (!sent)
    return {unauthorized("key_missing",
                         "a key is needed: Authorization: Bearer stele_…, which 'stele keys create' makes", false),
            nullptr};
  auto found = keys.check(*sent, key_time());
  if (found.is != verdict::good) return {refusal_of(found.is), nullptr};
  if (found.key->may < *needs) return {too_small(found.key->may, *needs), nullptr};
  return {std::nullopt, std::move(found.key)};
}

} // namespace stele::http
