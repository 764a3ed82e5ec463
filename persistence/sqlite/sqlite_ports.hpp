// The three ports of the SQLite store; private to it.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/known_versions.hpp"
#include "persistence/snapshot_store.hpp"
#include "persistence/sqlite/readers.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/view_store.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace stele::sqlite {

/// What the ports of one store share. `writing` is null in a store opened read-only.
struct shared_parts {
  store_identity identity;
  std::int64_t epoch = 0;
  std::vector<shard_position> heads; ///< Of the log. Only the writer's thread touches it once the store is open.
  known_versions versions;           ///< As the heads.
  std::unique_ptr<readers> reading;
  std::unique_ptr<writer> writing;

  /// Hands a job to the writer, or refuses it.
  template <class T, class Work, class Committed>
  void write(urgency how, Work work, Committed committed, reply_to<T> reply) {
    if (!writing) return reply(store_error{store_fault::refused, "the store is open read-only"});
    writing->submit<T>(how, std::move(work), std::move(committed), std::move(reply));
  }
  template <class T, class Work>
  void write(urgency how, Work work, reply_to<T> reply) {
    write<T>(
        how, std::move(work), [](T&) {}, std::move(reply));
  }
};

class sqlite_events final : public event_store {
public:
  explicit sqlite_events(shared_parts& shared) : shared_(shared) {}
  const store_identity& identity() const override { return shared_.identity; }
  void append(std::uint32_t lane, event_batch events, reply_to<done> reply) override;
  void fence(std::uint32_t lane, reply_to<done> reply) override;
  void resolve(std::uint32_t lane, event_batch events, reply_to<bool> reply) override;
  void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) override;
  void read_stream(std::string stream_id, stream_version after, std::size_t limit,
                   reply_to<std::vector<recorded_event>> reply) override;
  void read_shard(shard_number shard, shard_position after, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override;
  void read_all(std::uint64_t after, std::size_t limit, reply_to<std::vector<recorded_event>> reply) override;
  void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) override;
  void heads(reply_to<std::vector<shard_position>> reply) override;

private:
  shared_parts& shared_;
};

class sqlite_snapshots final : public snapshot_store {
public:
  explicit sqlite_snapshots(shared_parts& shared) : shared_(shared) {}
  void save_snapshot(snapshot it, reply_to<done> reply) override;
  void drop_snapshot(std::string stream_id, reply_to<done> reply) override;
  void read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) override;

private:
  shared_parts& shared_;
};

class sqlite_views final : public view_store {
public:
  explicit sqlite_views(shared_parts& shared) : shared_(shared) {}
  void open_view(view_definition view, reply_to<view_status> reply) override;
  void checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) override;
  void read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) override;
  void select(view_table table, row_selection what, reply_to<selected_rows> reply) override;
  void write(view_write what, reply_to<std::vector<shard_number>> reply) override;
  void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) override;
  void finish_rebuild(view_table next, reply_to<done> reply) override;
  void cancel_rebuild(view_table next, reply_to<done> reply) override;
  void table_checksum(view_table table, reply_to<checksum> reply) override;

  void sweep(); ///< Goes on with deleting tables that were put away, until there are none.

private:
  using definition = std::shared_ptr<const view_definition>;
  definition find(const std::string& view) const;

  shared_parts& shared_;
  mutable std::mutex mutex_;
  std::map<std::string, definition> definitions_;
};

} // namespace stele::sqlite
