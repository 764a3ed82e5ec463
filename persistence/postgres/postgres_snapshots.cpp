#include "persistence/postgres/postgres_ports.hpp"
#include "persistence/postgres/snapshots_sql.hpp"

namespace stele::postgres {

void postgres_snapshots::save_snapshot(snapshot it, reply_to<done> reply) {
  shared_.write<done>(
      [it = std::move(it)](connection& db) -> stored<done> {
        postgres::save_snapshot(db, it);
        return done{};
      },
      std::move(reply));
}

void postgres_snapshots::drop_snapshot(std::string stream_id, reply_to<done> reply) {
  shared_.write<done>(
      [stream_id = std::move(stream_id)](connection& db) -> stored<done> {
        postgres::drop_snapshot(db, stream_id);
        return done{};
      },
      std::move(reply));
}

void postgres_snapshots::read_snapshots(std::string after_stream_id, std::size_t limit,
                                        reply_to<std::vector<snapshot>> reply) {
  shared_.reading->read<std::vector<snapshot>>(
      urgency::quick,
      [after = std::move(after_stream_id), limit](connection& db) {
        return postgres::read_snapshots(db, after, limit);
      },
      std::move(reply));
}

} // namespace stele::postgres
