#include "persistence/sqlite/sqlite_store.hpp"

#include "persistence/sqlite/backup.hpp"
#include "persistence/sqlite/event_log.hpp"
#include "persistence/sqlite/file_lock.hpp"
#include "persistence/sqlite/schema.hpp"
#include "persistence/sqlite/sqlite_ports.hpp"

#include <filesystem>

namespace stele::sqlite {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

class sqlite_store final : public store {
public:
  sqlite_store(file_lock lock, std::unique_ptr<shared_parts> shared)
      : lock_(std::move(lock)), shared_(std::move(shared)), events_(*shared_), snapshots_(*shared_), views_(*shared_) {
    if (shared_->writing) views_.sweep();
  }
  ~sqlite_store() override { close(); }

  event_store& events() override { return events_; }
  snapshot_store& snapshots() override { return snapshots_; }
  view_store& views() override { return views_; }
  membership_store* membership() override { return nullptr; }

  void backup(std::string file, reply_to<done> reply) override {
    shared_->reading->submit<done>(
        reading::lengthy, [file = std::move(file)](connection& db) { return copy_store(db, file); }, std::move(reply));
  }

  /// Readers go first, so that nobody stands in the way of the writer's last checkpoint.
  void close() override {
    shared_->reading->close();
    if (shared_->writing) shared_->writing->close();
  }

private:
  file_lock lock_;
  std::unique_ptr<shared_parts> shared_;
  sqlite_events events_;
  sqlite_snapshots snapshots_;
  sqlite_views views_;
};

stored<done> check_mode(connection& db, const std::string& file) {
  auto rows = db.prepared("PRAGMA journal_mode").select();
  if (rows.next() && rows.text(0) == "wal") return done{};
  return refused(file + " can't be used with a write-ahead log on this file system; use a local disk");
}

/// Brings the file up to date and takes it over. After an unclean stop its structure is checked first.
stored<store_row> claim(connection& db, const std::string& file, std::uint32_t shards) {
  if (auto fits = check_mode(db, file); !fits) return fits.error();
  if (auto fits = migrate(db, file); !fits) return fits.error();
  if (db.integer("SELECT count(*) FROM store WHERE clean = 0") > 0)
    if (auto fits = check_structure(db, file); !fits) return fits.error();
  return claim_store(db, file, shards);
}

stored<std::unique_ptr<shared_parts>> open_for_writing(const std::string& file, const store_options& options) {
  auto db = std::make_unique<connection>(file, role::owner);
  auto row = claim(*db, file, options.shards);
  if (!row) return row.error();
  auto shared = std::make_unique<shared_parts>();
  shared->identity = row->identity;
  shared->epoch = row->epoch;
  shared->heads = read_heads(*db, row->identity.shards);
  auto* parts = shared.get();
  const auto reload = [parts](connection& anew) { parts->heads = read_heads(anew, parts->identity.shards); };
  shared->reading = std::make_unique<readers>(file, role::reader, options.readers);
  shared->writing = std::make_unique<writer>(file, std::move(db), reload);
  return shared;
}

stored<std::unique_ptr<shared_parts>> open_for_reading(const std::string& file, const store_options& options) {
  connection db(file, role::inspector);
  if (auto fits = check_schema(db, file); !fits) return fits.error();
  auto row = read_store(db, file, options.shards);
  if (!row) return row.error();
  auto shared = std::make_unique<shared_parts>();
  shared->identity = row->identity;
  shared->reading = std::make_unique<readers>(file, role::inspector, options.readers);
  return shared;
}

stored<done> prepare_path(const std::string& file, bool read_only) {
  namespace fs = std::filesystem;
  if (file.empty() || file == ":memory:") return refused("sqlite: needs the name of a file, as sqlite:stele.db");
  std::error_code error;
  if (read_only && !fs::exists(file, error)) return refused("there is no file " + file);
  const fs::path folder = fs::path(file).parent_path();
  if (!read_only && !folder.empty() && !fs::create_directories(folder, error) && error)
    return refused("can't make the folder " + folder.string() + ": " + error.message());
  return done{};
}

} // namespace

stored<std::unique_ptr<store>> open_sqlite_store(const std::string& file, const store_options& options) {
  if (auto fits = prepare_path(file, options.read_only); !fits) return fits.error();
  auto lock = file_lock::take(file);
  if (!lock) return lock.error();
  try {
    auto shared = options.read_only ? open_for_reading(file, options) : open_for_writing(file, options);
    if (!shared) return shared.error();
    return std::unique_ptr<store>(std::make_unique<sqlite_store>(std::move(*lock), std::move(*shared)));
  } catch (const failure& it) {
    const bool broken = it.fault() == store_fault::corrupt;
    return store_error{broken ? store_fault::corrupt : store_fault::refused, file + ": " + it.what()};
  }
}

} // namespace stele::sqlite
