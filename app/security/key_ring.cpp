#include "app/security/key_ring.hpp"

#include "app/security/secret.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace stele::security {

namespace {

constexpr std::string_view prefix = "stele_";

verdict standing(const door_key& it, std::int64_t now) {
  if (it.revoked) return verdict::revoked;
  return it.expires && *it.expires <= now ? verdict::expired : verdict::good;
}

} // namespace

key_ring::stamp key_ring::stamp_of(const std::string& file) {
  struct stat found = {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec, static_cast<std::uint64_t>(found.st_size), found.st_ino,
          found.st_mode};
}

std::optional<fault> key_ring::refresh() {
  const auto seen = stamp_of(file_); // Before reading: a change meanwhile is found the next time.
  {
    const std::lock_guard hold(guard_);
    if (table_ && seen == read_) return std::nullopt;
  }
  auto keys = read_keys(file_);
  std::shared_ptr<table> fresh;
  if (keys) {
    fresh = std::make_shared<table>();
    for (auto& it : *keys) {
      auto one = std::make_shared<const door_key>(std::move(it));
      fresh->emplace(one->id, one);
    }
  }
  const std::lock_guard hold(guard_);
  table_ = std::move(fresh);
  read_ = seen;
  if (keys) return std::nullopt;
  return keys.error();
}

std::shared_ptr<const key_ring::table> key_ring::current() const {
  const std::lock_guard hold(guard_);
  return table_;
}

entry key_ring::check(std::string_view secret, std::int64_t now) const {
  const auto keys = current();
  if (!keys) return {verdict::no_keys, nullptr};
  if (secret.substr(0, prefix.size()) != prefix) return {};
  secret.remove_prefix(prefix.size());
  const auto end = secret.find('_');
  if (end == std::string_view::npos) return {};
  const auto found = keys->find(std::string(secret.substr(0, end)));
  if (found == keys->end()) return {};
  const auto& key = *found->second;
  if (!same_secret(key.hash, hash_secret(key.salt, secret.substr(end + 1)))) return {};
  const auto is = standing(key, now);
  return {is, is == verdict::good ? found->second : nullptr};
}

bool key_ring::still_good(const door_key& it, std::int64_t now) const {
  const auto keys = current();
  const auto found = keys ? keys->find(it.id) : table::const_iterator{};
  return keys && found != keys->end() && found->second->hash == it.hash && found->second->may >= it.may &&
         standing(*found->second, now) == verdict::good;
}

std::size_t key_ring::usable(std::int64_t now) const {
  const auto keys = current();
  if (!keys) return 0;
  return static_cast<std::size_t>(std::count_if(
      keys->begin(), keys->end(), [&](const auto& it) { return standing(*it.second, now) == verdict::good; }));
}

} // namespace stele::security
