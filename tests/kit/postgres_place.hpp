// A PostgreSQL store in a schema of its own, for tests.
#pragma once

#include "tests/kit/postgres_server.hpp"
#include "tests/kit/store_contract.hpp"

#include <atomic>

namespace stele::kit {

class postgres_place final : public store_place {
public:
  explicit postgres_place(postgres_server& server = postgres_server::shared()) : server_(server) {
    static std::atomic<int> made{0};
    options.uri = server.uri();
    options.schema = schema_ = "place_" + std::to_string(++made);
  }
  ~postgres_place() override { server_.run("DROP SCHEMA IF EXISTS " + schema_ + ", stele CASCADE"); }

  std::unique_ptr<store> open() override {
    auto opened = open_store(options);
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }

  postgres_server& server() { return server_; }

  /// Runs a script in which `stele.` stands for the schema.
  std::string run(std::string script) {
    for (std::size_t at = script.find("stele."); at != std::string::npos; at = script.find("stele.", at + 1))
      script.replace(at, 6, options.schema + ".");
    return server_.run(script);
  }

  store_options options;

private:
  postgres_server& server_;
  std::string schema_;
};

/// Appends through a lane and waits.
inline stored<done> append_to(store& to, event_batch batch, std::uint32_t lane = 0) {
  return ask<done>([&](auto reply) { to.events().append(lane, batch, reply); });
}

inline std::vector<recorded_event> all_of(store& from) {
  return *ask<std::vector<recorded_event>>([&](auto reply) { from.events().read_all(0, 1'000'000, reply); });
}

} // namespace stele::kit
