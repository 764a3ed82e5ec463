// A SQLite store in a folder of its own, for tests.
#pragma once

#include "tests/kit/store_contract.hpp"
#include "tests/kit/temporary_folder.hpp"

namespace stele::kit {

class sqlite_place final : public store_place {
public:
  std::unique_ptr<store> open() override {
    auto opened = try_open();
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }

  stored<std::unique_ptr<store>> try_open(bool read_only = false, std::uint32_t shards = 64) const {
    return open_store({"sqlite:" + file(), shards, 2, read_only});
  }

  std::string file() const { return folder_ / "stele.db"; }
  const temporary_folder& folder() const { return folder_; }

private:
  temporary_folder folder_;
};

/// Appends and waits.
inline stored<done> append(store& to, event_batch batch) {
  return ask<done>([&](auto reply) { to.events().append(0, batch, reply); });
}

inline std::vector<recorded_event> read_all(store& from) {
  return *ask<std::vector<recorded_event>>([&](auto reply) { from.events().read_all(0, 1'000'000, reply); });
}

} // namespace stele::kit
