#include "persistence/memory/memory_store.hpp"
#include "persistence/postgres/postgres_store.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "persistence/store.hpp"

#include <string_view>

namespace stele {

namespace {

constexpr std::uint32_t shards_max = 65'536;
constexpr std::uint32_t readers_max = 64;

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

bool is_postgres(std::string_view uri) { return uri.starts_with("postgresql://") || uri.starts_with("postgres://"); }

} // namespace

stored<std::unique_ptr<store>> open_store(const store_options& options) {
  const std::string_view uri = options.uri;
  if (options.clustered && !is_postgres(uri))
    return refused("only a store at postgresql:// can be shared by the nodes of a cluster, not \"" + options.uri +
                   "\"; set store.uri, or cluster.enabled = false");
  if (options.shards == 0 || options.shards > shards_max)
    return refused("a store has 1 to " + std::to_string(shards_max) + " shards, not " + std::to_string(options.shards));
  if (options.readers == 0 || options.readers > readers_max)
    return refused("a store has 1 to " + std::to_string(readers_max) + " readers, not " +
                   std::to_string(options.readers));
  if (uri == "memory:") return make_memory_store({nullptr, options.shards, 1, {}});
  if (constexpr std::string_view sqlite = "sqlite:"; uri.starts_with(sqlite))
    return sqlite::open_sqlite_store(std::string(uri.substr(sqlite.size())), options);
  if (is_postgres(uri)) return postgres::open_postgres_store(options);
  return refused("nobody knows a store at \"" + options.uri +
                 "\"; it is postgresql://USER@HOST/DATABASE, sqlite:FILE or memory:");
}

} // namespace stele
