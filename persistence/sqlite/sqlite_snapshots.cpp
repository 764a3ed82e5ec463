#include "persistence/sqlite/snapshot_table.hpp"
#include "persistence/sqlite/sqlite_ports.hpp"

namespace stele::sqlite {

void sqlite_snapshots::save_snapshot(snapshot it, reply_to<done> reply) {
  shared_.write<done>(
      urgency::relaxed,
      [it = std::move(it)](connection& db) -> stored<done> {
        sqlite::save_snapshot(db, it);
        return done{};
      },
      std::move(reply));
}

void sqlite_snapshots::drop_snapshot(std::string stream_id, reply_to<done> reply) {
  shared_.write<done>(
      urgency::relaxed,
      [stream_id = std::move(stream_id)](connection& db) -> stored<done> {
        sqlite::drop_snapshot(db, stream_id);
        return done{};
      },
      std::move(reply));
}

void sqlite_snapshots::read_snapshots(std::string after_stream_id, std::size_t limit,
                                      reply_to<std::vector<snapshot>> reply) {
  shared_.reading->submit<std::vector<snapshot>>(
      reading::lengthy,
      [after = std::move(after_stream_id), limit](connection& db) { return sqlite::read_snapshots(db, after, limit); },
      std::move(reply));
}

} // namespace stele::sqlite
