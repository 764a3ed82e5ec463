// A store that fails on command: wraps any store, so that a test can be sure of the moment something goes wrong.
#pragma once

#include "persistence/store.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace stele::kit {

/// What happens to an append.
enum class append_fault {
  none,
  refused,           ///< Disk full: not written.
  conflict,          ///< Memory is wrong: not written.
  fenced,            ///< Another owner: not written.
  unavailable,       ///< Not sent.
  unknown_committed, ///< Written, and the answer is lost.
  unknown_aborted,   ///< Not written, and the answer is lost.
  unknown_late,      ///< The answer is lost; written at `release`, unless it was resolved before.
  answer_held        ///< Written; the answer comes at `release`.
};

/// Decorates `inner`. Safe from any thread; faults are taken in the order they were given.
class faulty_store final : public store, event_store, snapshot_store, view_store {
public:
  explicit faulty_store(std::unique_ptr<store> inner) : inner_(std::move(inner)) {}

  void next_append(append_fault fault) {
    locked([&] { appends_.push_back(fault); });
  }
  void fail_reads(bool on) {
    locked([&] { reads_fail_ = on; });
  } ///< All reads, recoveries included: unavailable.
  void fail_fences(bool on) {
    locked([&] { fences_fail_ = on; });
  } ///< Unavailable.
  void fail_resolves(int times) {
    locked([&] { resolves_fail_ = times; });
  } ///< So many times unavailable.

  /// The next view write is answered with this; written all the same when `fault` is `unknown` and `written`.
  void next_view_write(store_fault fault, bool written = false) {
    locked([&] { view_writes_.push_back({fault, written}); });
  }

  /// Lets go what was held, oldest first, in the calling thread. Answers how many.
  std::size_t release() {
    std::deque<held_back> now;
    locked([&] { now.swap(held_); });
    for (auto& it : now) it.go();
    return now.size();
  }
  std::size_t held() const {
    std::lock_guard lock(mutex_);
    return held_.size();
  }
  std::size_t appends() const { ///< How many were asked for so far.
    std::lock_guard lock(mutex_);
    return appends_seen_;
  }

  event_store& events() override { return *this; }
  snapshot_store& snapshots() override { return *this; }
  view_store& views() override { return *this; }
  membership_store* membership() override { return inner_->membership(); }
  void backup(std::string file, reply_to<done> reply) override { inner_->backup(std::move(file), std::move(reply)); }
  void close() override { inner_->close(); }

private:
  struct view_fault {
    store_fault fault;
    bool written;
  };

  template <class Change>
  void locked(Change change) {
    std::lock_guard lock(mutex_);
    change();
  }

  append_fault take_append_fault() {
    std::lock_guard lock(mutex_);
    ++appends_seen_;
    if (appends_.empty()) return append_fault::none;
    const append_fault fault = appends_.front();
    appends_.pop_front();
    return fault;
  }

  struct held_back {
    bool may_be_resolved; ///< Not to happen any more once the append was resolved.
    std::function<void()> go;
  };
  void hold(bool may_be_resolved, std::function<void()> it) {
    locked([&] { held_.push_back({may_be_resolved, std::move(it)}); });
  }

  static store_error planned(store_fault fault) { return {fault, "planned by the test"}; }

  /// Answers `unavailable` and returns true while reads are to fail.
  template <class T>
  bool fails_read(const reply_to<T>& reply) {
    bool fails = false;
    locked([&] { fails = reads_fail_; });
    if (fails) reply(planned(store_fault::unavailable));
    return fails;
  }

  // The log.
  const store_identity& identity() const override { return inner_->events().identity(); }

  void append(std::uint32_t lane, event_batch batch, reply_to<done> reply) override {
    switch (take_append_fault()) {
    case append_fault::none:
      return inner_->events().append(lane, std::move(batch), std::move(reply));
    case append_fault::refused:
      return reply(planned(store_fault::refused));
    case append_fault::conflict:
      return reply(planned(store_fault::conflict));
    case append_fault::fenced:
      return reply(planned(store_fault::fenced));
    case append_fault::unavailable:
      return reply(planned(store_fault::unavailable));
    case append_fault::unknown_aborted:
      return reply(planned(store_fault::unknown));
    case append_fault::unknown_committed:
      return inner_->events().append(lane, std::move(batch),
                                     [reply](stored<done>) { reply(planned(store_fault::unknown)); });
    case append_fault::unknown_late:
      hold(true, [this, lane, batch] { inner_->events().append(lane, batch, [](stored<done>) {}); });
      return reply(planned(store_fault::unknown));
    case append_fault::answer_held:
      return inner_->events().append(lane, std::move(batch), [this, reply](stored<done> answer) {
        hold(false, [reply, answer = std::move(answer)] { reply(answer); });
      });
    }
  }

  void fence(std::uint32_t lane, reply_to<done> reply) override {
    bool fails = false;
    locked([&] { fails = fences_fail_; });
    if (fails) return reply(planned(store_fault::unavailable));
    inner_->events().fence(lane, std::move(reply));
  }

  void resolve(std::uint32_t lane, event_batch batch, reply_to<bool> reply) override {
    bool fails = false;
    locked([&] {
      fails = resolves_fail_ > 0;
      if (fails) --resolves_fail_;
      if (!fails) std::erase_if(held_, [](const held_back& it) { return it.may_be_resolved; });
    });
    if (fails) return reply(planned(store_fault::unavailable));
    inner_->events().resolve(lane, std::move(batch), std::move(reply));
  }

  void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) override {
    if (!fails_read(reply)) inner_->events().recover(std::move(stream_id), limit, std::move(reply));
  }
  void read_stream(std::string stream_id, stream_version after, std::size_t limit,
                   reply_to<std::vector<recorded_event>> reply) override {
    if (!fails_read(reply)) inner_->events().read_stream(std::move(stream_id), after, limit, std::move(reply));
  }
  void read_shard(shard_number shard, shard_position after, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override {
    if (!fails_read(reply)) inner_->events().read_shard(shard, after, limit, std::move(reply));
  }
  void read_all(std::uint64_t after, std::size_t limit, reply_to<std::vector<recorded_event>> reply) override {
    if (!fails_read(reply)) inner_->events().read_all(after, limit, std::move(reply));
  }
  void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) override {
    if (!fails_read(reply)) inner_->events().find_command(std::move(stream_id), command_id, std::move(reply));
  }
  void heads(reply_to<std::vector<shard_position>> reply) override {
    if (!fails_read(reply)) inner_->events().heads(std::move(reply));
  }
  void open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) override {
    if (!fails_read(reply)) inner_->events().open_shards(std::move(shards), std::move(reply));
  }

  // Snapshots.
  void save_snapshot(snapshot it, reply_to<done> reply) override {
    inner_->snapshots().save_snapshot(std::move(it), std::move(reply));
  }
  void drop_snapshot(std::string stream_id, reply_to<done> reply) override {
    inner_->snapshots().drop_snapshot(std::move(stream_id), std::move(reply));
  }
  void read_snapshots(std::string after_stream_id, std::size_t limit, reply_to<std::vector<snapshot>> reply) override {
    if (!fails_read(reply)) inner_->snapshots().read_snapshots(std::move(after_stream_id), limit, std::move(reply));
  }

  // Views.
  void open_view(view_definition view, reply_to<view_status> reply) override {
    inner_->views().open_view(std::move(view), std::move(reply));
  }
  void checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) override {
    if (!fails_read(reply)) inner_->views().checkpoints(std::move(table), std::move(reply));
  }
  void read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) override {
    if (!fails_read(reply)) inner_->views().read(std::move(table), std::move(keys), std::move(reply));
  }
  void select(view_table table, row_selection what, reply_to<selected_rows> reply) override {
    if (!fails_read(reply)) inner_->views().select(std::move(table), std::move(what), std::move(reply));
  }
  void write(view_write what, reply_to<std::vector<shard_number>> reply) override {
    std::optional<view_fault> fault;
    locked([&] {
      if (view_writes_.empty()) return;
      fault = view_writes_.front();
      view_writes_.pop_front();
    });
    if (!fault) return inner_->views().write(std::move(what), std::move(reply));
    const store_error answer = planned(fault->fault);
    if (!fault->written) return reply(answer);
    inner_->views().write(std::move(what), [reply, answer](stored<std::vector<shard_number>>) { reply(answer); });
  }
  void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) override {
    inner_->views().begin_rebuild(std::move(serving), std::move(reply));
  }
  void finish_rebuild(view_table next, reply_to<done> reply) override {
    inner_->views().finish_rebuild(std::move(next), std::move(reply));
  }
  void cancel_rebuild(view_table next, reply_to<done> reply) override {
    inner_->views().cancel_rebuild(std::move(next), std::move(reply));
  }
  void table_checksum(view_table table, reply_to<checksum> reply) override {
    if (!fails_read(reply)) inner_->views().table_checksum(std::move(table), std::move(reply));
  }

  std::unique_ptr<store> inner_;
  mutable std::mutex mutex_;
  std::deque<append_fault> appends_;
  std::deque<view_fault> view_writes_;
  std::deque<held_back> held_;
  bool reads_fail_ = false, fences_fail_ = false;
  int resolves_fail_ = 0;
  std::size_t appends_seen_ = 0;
};

} // namespace stele::kit
