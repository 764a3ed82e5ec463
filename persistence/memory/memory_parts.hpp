// The three ports of the memory store; private to it.
#pragma once

#include "persistence/memory/memory_store.hpp"

#include <atomic>

namespace stele::memory {

/// What the ports of one store share.
struct shared_parts {
  std::shared_ptr<memory_disk> disk;
  std::uint64_t owner = 0;
  reply_executor reply_through;
  std::atomic<bool> closed{false};

  /// Does `work` under the disk's lock and answers outside of it, so that a reply may call the store again.
  template <class T, class Work>
  void run(Work work, const reply_to<T>& reply) {
    stored<T> result =
        closed ? stored<T>(store_error{store_fault::unavailable, "the store is closed"}) : locked<T>(work);
    if (!reply_through) return reply(std::move(result));
    reply_through([reply, result = std::move(result)]() mutable { reply(std::move(result)); });
  }

  bool fenced() const { return disk->owner != owner; }

private:
  template <class T, class Work>
  stored<T> locked(Work& work) {
    std::lock_guard lock(disk->mutex);
    return work(*disk);
  }
};

class events final : public event_store {
public:
  explicit events(shared_parts& shared) : shared_(shared), identity_(shared.disk->identity) {}
  const store_identity& identity() const override { return identity_; }
  void append(std::uint32_t lane, event_batch batch, reply_to<done> reply) override;
  void fence(std::uint32_t lane, reply_to<done> reply) override;
  void resolve(std::uint32_t lane, event_batch batch, reply_to<bool> reply) override;
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
  const store_identity identity_;
};

class snapshots final : public snapshot_store {
public:
  explicit snapshots(shared_parts& shared) : shared_(shared) {}
  void save_snapshot(snapshot it, reply_to<done> reply) override;
  void drop_snapshot(std::string stream_id, reply_to<done> reply) override;
  void read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) override;

private:
  shared_parts& shared_;
};

class views final : public view_store {
public:
  explicit views(shared_parts& shared) : shared_(shared) {}
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
  shared_parts& shared_;
  std::map<std::string, view_definition> definitions_; ///< Under the disk's lock.
};

} // namespace stele::memory
