// A new, empty store for one round, gone with it.
#pragma once

#include "tests/bench/bare_postgres.hpp"
#include "tests/bench/bench_node.hpp"

namespace bench {

/// A schema of its own on a PostgreSQL server.
class postgres_place {
public:
  explicit postgres_place(const std::string& uri, std::uint32_t lanes = 1, const std::string& schema = "bench") {
    options.uri = uri;
    options.schema = schema;
    options.lanes = lanes;
    clear();
  }
  ~postgres_place() { clear(); }
  postgres_place(const postgres_place&) = delete;
  postgres_place& operator=(const postgres_place&) = delete;

  stele::store_options options;

private:
  void clear() const { run_script(options.uri, "DROP SCHEMA IF EXISTS " + options.schema + " CASCADE"); }
};

/// A file in a folder of its own.
class sqlite_place {
public:
  sqlite_place() { options.uri = "sqlite:" + folder.file("node.db"); }
  scratch folder;
  stele::store_options options;
};

inline stele::store_options in_memory() {
  stele::store_options it;
  it.uri = "memory:";
  return it;
}

} // namespace bench
