#include "app/security/key_file.hpp"

#include "app/security/secret.hpp"
#include "persistence/json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace stele::security {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 3> role_names = {"query", "command", "admin"};
constexpr unsigned not_the_owner = 0077;
constexpr std::size_t id_bytes = 6, salt_bytes = 16, hash_bytes = 32, secret_bytes = 32;

std::string time_text(std::int64_t at) {
  std::string out;
  append_rfc3339(out, at);
  return out;
}

json::value time_value(const std::optional<std::int64_t>& at) {
  return at ? json::value(time_text(*at)) : json::value(nullptr);
}

std::string line_of(const door_key& it) {
  return json::serialize(json::object{{"id", it.id},
                                      {"name", it.name},
                                      {"role", json::string_view(to_string(it.may))},
                                      {"salt", to_hex(it.salt)},
                                      {"hash", to_hex(it.hash)},
                                      {"created", time_text(it.created)},
                                      {"expires", time_value(it.expires)},
                                      {"revoked", time_value(it.revoked)}}) +
         '\n';
}

std::string text_of(const std::vector<door_key>& all) {
  std::string text;
  for (const auto& it : all) text += line_of(it);
  return text;
}

// Members of one line; anything unexpected makes it bad.
class line_reader {
public:
  explicit line_reader(const json::object& from) : from_(from) {}

  std::string text(std::string_view name) {
    const auto* it = from_.if_contains(name);
    if (it && it->is_string()) return std::string(it->get_string());
    good_ = false;
    return {};
  }

  std::string bytes(std::string_view name, std::size_t size) {
    const auto raw = from_hex(text(name));
    good_ = good_ && raw && raw->size() == size;
    return raw.value_or("");
  }

  std::int64_t time(std::string_view name) {
    const auto at = read_rfc3339(text(name));
    good_ = good_ && at;
    return at.value_or(0);
  }

  std::optional<std::int64_t> time_or_none(std::string_view name) {
    const auto* it = from_.if_contains(name);
    if (it && it->is_null()) return std::nullopt;
    return time(name);
  }

  role may() {
    const auto found = role_of(text("role"));
    good_ = good_ && found;
    return found.value_or(role::query);
  }

  bool good() const { return good_ && from_.size() == 8; }

private:
  const json::object& from_;
  bool good_ = true;
};

std::optional<door_key> read_line(std::string_view line) {
  boost::system::error_code wrong;
  const auto parsed = json::parse({line.data(), line.size()}, wrong);
  if (wrong || !parsed.is_object()) return std::nullopt;
  line_reader from(parsed.get_object());
  door_key it;
  it.id = to_hex(from.bytes("id", id_bytes));
  it.name = from.text("name");
  it.may = from.may();
  it.salt = from.bytes("salt", salt_bytes);
  it.hash = from.bytes("hash", hash_bytes);
  it.created = from.time("created");
  it.expires = from.time_or_none("expires");
  it.revoked = from.time_or_none("revoked");
  return from.good() ? std::optional(std::move(it)) : std::nullopt;
}

bool has_id(const std::vector<door_key>& all, std::string_view id) {
  return std::any_of(all.begin(), all.end(), [&](const auto& it) { return it.id == id; });
}

} // namespace

std::string_view to_string(role it) { return role_names[static_cast<std::size_t>(it)]; }

std::optional<role> role_of(std::string_view name) {
  const auto* found = std::find(role_names.begin(), role_names.end(), name);
  if (found == role_names.end()) return std::nullopt;
  return static_cast<role>(found - role_names.begin());
}

std::string hash_secret(std::string_view salt, std::string_view secret) {
  return sha256(std::string(salt).append(secret));
}

secured<std::vector<door_key>> read_keys(const std::string& file) {
  if (auto wrong = check_private(file, not_the_owner)) return *wrong;
  const auto text = read_file(file);
  if (!text) return text.error();
  std::vector<door_key> all;
  std::string_view left = *text;
  for (std::size_t number = 1; !left.empty(); ++number) {
    const auto end = std::min(left.find('\n'), left.size());
    const auto line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (line.empty()) continue;
    auto it = read_line(line);
    if (!it || has_id(all, it->id))
      return fault{file + ':' + std::to_string(number) +
                   ": wanted a key as 'stele keys create' writes it, each id once; put back what it was"};
    all.push_back(*std::move(it));
  }
  return all;
}

secured<new_key> create_key(const std::string& file, std::string name, role may, std::int64_t now,
                            std::optional<std::int64_t> expires) {
  const auto held = file_lock::take(file);
  if (!held) return held.error();
  std::vector<door_key> all;
  if (std::filesystem::exists(file)) {
    auto found = read_keys(file);
    if (!found) return found.error();
    all = std::move(*found);
  }
  const auto secret = to_hex(random_bytes(secret_bytes));
  new_key made{{to_hex(random_bytes(id_bytes)), std::move(name), may, random_bytes(salt_bytes), {}, now, expires, {}},
               {}};
  made.key.hash = hash_secret(made.key.salt, secret);
  made.secret = "stele_" + made.key.id + '_' + secret;
  all.push_back(made.key);
  if (auto wrong = write_over(file, text_of(all))) return *wrong;
  return made;
}

std::optional<fault> revoke_key(const std::string& file, std::string_view id, std::int64_t now) {
  const auto held = file_lock::take(file);
  if (!held) return held.error();
  auto all = read_keys(file);
  if (!all) return all.error();
  const auto found = std::find_if(all->begin(), all->end(), [&](const auto& it) { return it.id == id; });
  if (found == all->end())
    return fault{file + ": has no key with the id " + std::string(id) + "; 'stele keys list' shows them"};
  if (found->revoked) return std::nullopt;
  found->revoked = now;
  return write_over(file, text_of(*all));
}

} // namespace stele::security
