#include "app/admin/security_commands.hpp"

#include "app/admin/table.hpp"
#include "app/http/access.hpp"
#include "app/security/key_file.hpp"
#include "persistence/json_text.hpp"

#include <charconv>
#include <cstdio>
#include <ctime>

namespace stele::admin {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t hours_max = 100 * 366 * 24;
constexpr std::size_t name_length_max = 64;

int fail(const security::fault& why) {
  std::fprintf(stderr, "%s\n", why.what.c_str());
  return 1;
}

// `90d` and `12h`, as milliseconds.
std::optional<std::int64_t> read_life(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (wrong != std::errc{} || end + 1 != text.data() + text.size() || count <= 0) return std::nullopt;
  const auto hours = *end == 'd' ? 24 : *end == 'h' ? 1 : 0;
  if (hours == 0 || count > hours_max / hours) return std::nullopt;
  return count * hours * hour_ms;
}

bool is_name(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return !text.empty() && text.size() <= name_length_max;
}

std::string time_text(const std::optional<std::int64_t>& at) {
  std::string out;
  if (at) append_rfc3339(out, *at);
  return at ? out : "-";
}

int create(const keys_request& it) {
  const auto now = http::key_time();
  const auto life = read_life(it.expires);
  const auto made = security::create_key(it.file, it.name, *security::role_of(it.role), now,
                                         life ? std::optional(now + *life) : std::nullopt);
  if (!made) return fail(made.error());
  std::printf("%s\n", made->secret.c_str());
  std::fprintf(stderr, "key %s for %s, role %s, in %s; the line above is shown only now\n", made->key.id.c_str(),
               it.name.c_str(), it.role.c_str(), it.file.c_str());
  return 0;
}

int list(const std::string& file) {
  const auto keys = security::read_keys(file);
  if (!keys) return fail(keys.error());
  std::vector<std::vector<std::string>> rows = {{"id", "name", "role", "created", "expires", "revoked"}};
  for (const auto& it : *keys)
    rows.push_back({it.id, it.name, std::string(to_string(it.may)), time_text(it.created), time_text(it.expires),
                    time_text(it.revoked)});
  std::fputs(table(rows).c_str(), stdout);
  return 0;
}

int revoke(const keys_request& it) {
  if (const auto wrong = security::revoke_key(it.file, it.id, http::key_time())) return fail(*wrong);
  std::printf("key %s is revoked; a running node knows within a second\n", it.id.c_str());
  return 0;
}

} // namespace

std::string wrong_with(const keys_request& it) {
  if (it.file.empty()) return "http.keys names no file; wanted --file FILE";
  if (it.action == "revoke") return it.id.empty() ? "keys revoke needs an id; 'stele keys list' shows them" : "";
  if (!it.id.empty()) return "keys " + it.action + " takes no id";
  if (it.action == "list") return "";
  if (!is_name(it.name)) return "keys create needs --name, 1 to 64 printable characters: who the key is for";
  if (!security::role_of(it.role)) return "keys create needs --role query, command or admin";
  if (!it.expires.empty() && !read_life(it.expires))
    return "--expires: wanted a time as 90d or 12h, found '" + it.expires + "'";
  return "";
}

int change_keys(const keys_request& it) {
  if (it.action == "create") return create(it);
  return it.action == "list" ? list(it.file) : revoke(it);
}

int make_certificates(const security::wanted_certificates& wanted) {
  const auto made = security::make_certificates(wanted, std::time(nullptr));
  if (!made) return fail(made.error());
  for (const auto& file : *made) std::printf("%s\n", file.c_str());
  return 0;
}

} // namespace stele::admin
