// The three ports of the PostgreSQL store; private to it.
#pragma once

#include "persistence/postgres/gather.hpp"
#include "persistence/postgres/lane.hpp"
#include "persistence/postgres/membership.hpp"
#include "persistence/postgres/postgres_membership.hpp"
#include "persistence/postgres/recovery.hpp"
#include "persistence/postgres/view_tables.hpp"
#include "persistence/view_store.hpp"

#include <map>
#include <set>

namespace stele::postgres {

/// What the ports of one store share. A store opened read-only has readers alone.
struct shared_parts {
  store_identity identity;
  std::uint64_t node = 0;
  known_versions versions;
  std::unique_ptr<workers> reading;    ///< On the primary: what decisions are made from.
  std::unique_ptr<workers> showing;    ///< For queries; null when the primary answers them, too.
  std::unique_ptr<workers> projecting; ///< One thread: views and snapshots are written in call order.
  std::vector<std::unique_ptr<lane>> lanes;
  std::unique_ptr<heartbeat> living; ///< Of a node alone; one of a cluster has `membership`.
  std::unique_ptr<postgres_membership> membership;
  warner warn; ///< For the log; called by the thread that writes views.

  workers& for_queries() { return showing ? *showing : *reading; }

  template <class T, class Work>
  void write(Work work, reply_to<T> reply) {
    if (!projecting) return reply(store_error{store_fault::refused, "the store is open read-only"});
    projecting->write<T>(std::move(work), std::move(reply));
  }
};

class postgres_events final : public event_store {
public:
  explicit postgres_events(shared_parts& shared);
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
  void open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) override;

private:
  shared_parts& shared_;
  gather<recovery, recovered_stream> recoveries_;
  gather<fence_question, done> fences_;
};

class postgres_snapshots final : public snapshot_store {
public:
  explicit postgres_snapshots(shared_parts& shared) : shared_(shared) {}
  void save_snapshot(snapshot it, reply_to<done> reply) override;
  void drop_snapshot(std::string stream_id, reply_to<done> reply) override;
  void read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) override;

private:
  shared_parts& shared_;
};

class postgres_views final : public view_store {
public:
  explicit postgres_views(shared_parts& shared) : shared_(shared) {}
  void open_view(view_definition view, reply_to<view_status> reply) override;
  void checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) override;
  void read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) override;
  void select(view_table table, row_selection what, reply_to<selected_rows> reply) override;
  void write(view_write what, reply_to<std::vector<shard_number>> reply) override;
  void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) override;
  void finish_rebuild(view_table next, reply_to<done> reply) override;
  void cancel_rebuild(view_table next, reply_to<done> reply) override;
  void table_checksum(view_table table, reply_to<checksum> reply) override;

private:
  using definition = std::shared_ptr<const view_definition>;
  using places = std::shared_ptr<const view_places>;

  definition find(const std::string& view) const;
  places known_places(const std::string& view) const;
  places refresh(connection& db, const view_definition& view);
  places keep(const std::string& view, view_places found);
  void warn_once(connection& db, const view_definition& view, const view_places& found);
  stored<view_status> status_of(const view_definition& view, const view_places& found) const;
  template <class T, class Work>
  stored<T> read_from(connection& db, const view_definition& view, std::uint32_t generation, Work work);
  stored<std::vector<shard_number>> write_into(connection& db, const view_definition& view, const view_write& what);

  shared_parts& shared_;
  mutable std::mutex mutex_;
  std::map<std::string, definition> definitions_;
  std::map<std::string, places> places_;
  std::set<std::string> looked_at_; ///< Views whose indexes were looked at; of the projecting thread.
};

} // namespace stele::postgres
