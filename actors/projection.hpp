// Folds the log, shard by shard, into a table of a view whose key is the stream id.
#pragma once

#include "actors/fold_keys.hpp"
#include "actors/log_projection.hpp"
#include "actors/shard_feed.hpp"
#include "actors/store_trouble.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stele {

/// Lives inside one actor and is driven by it: hands over, reads, folds, writes.
///
/// Events come by `hand_over` or are read from the store where some are missing. They are folded into rows in memory as
/// soon as they are there; one write at a time takes the rows and the guarded checkpoints to the store, and what is
/// folded while it runs goes into the next. When a write fails or the guard refuses a shard, memory of those shards is
/// wrong: it is dropped, the checkpoint is read, then the rows. An event that can't be folded, or whose row the table
/// does not take, is tried again after pauses, then its shard stops. A table that is gone is left.
class projection final : public log_projection {
public:
  /// `counting`: keeps the tally; only for a table that is empty at the start.
  projection(caf::event_based_actor* self, read_context_ptr context, std::shared_ptr<served_view> into, bool counting,
             projection_listener owner);

  void start(view_table table, const std::vector<shard_position>& written) override;
  void hear(const std::vector<shard_position>& heads) override;
  void hand_over(const event_batch& events) override;
  void gain(shard_number shard, shard_position head) override;
  void lose(shard_number shard) override;
  void hear(shard_number shard, shard_position position) override;
  void hold() override;
  void release() override;
  void retry_stopped() override;
  void flush() override;
  table_at_rest at_rest() const override { return {table_, written(), round_, into_}; }
  void move_to(const table_at_rest& rebuilt) override;
  bool started() const override { return started_; }
  bool idle() const override;
  bool reached(const std::vector<shard_position>& targets) const override;
  bool drained(const std::vector<shard_position>& targets) const override { return reached(targets); }
  bool folded_past(const std::vector<shard_position>& targets) const override;
  std::vector<shard_position> written() const override;
  std::vector<shard_position> at_hand() const override;
  std::uint64_t events_known() const override;
  std::uint64_t events_folded() const override;
  std::vector<stopped_shard> stopped() const override;
  std::string trouble() const override { return trouble_.why(); }
  const view_table& table() const override { return table_; }
  std::optional<projection_tally> tally() const override;

private:
  enum class phase {
    reloading,
    following,
    resting,
    stopped,
    elsewhere ///< Another node folds it.
  };

  struct shard_state {
    shard_feed feed;
    phase now = phase::reloading;
    shard_position written = 0, folded = 0;
    std::uint32_t epoch = 0; ///< Rises when memory of the shard is dropped; answers to older questions are void.
    bool proven = false;     ///< See `shard_progress`.
    bool reading = false;
    std::uint64_t dirty_round = 0; ///< The last round that changed a row of it.
    shard_position complete = 0;   ///< The store's rows hold everything up to here, wherever the checkpoint is.
    shard_position suspect = 0;    ///< Up to here events are folded and written one at a time: see `fail`.
    std::uint32_t attempts = 0;    ///< Tries of the event in `why`.
    stopped_shard why;
    std::uint64_t events = 0;               ///< Folded or passed over.
    projection_tally stored;                ///< What is written.
    std::optional<projection_tally> unsure; ///< What is written if the write that nobody knows of is …
    shard_position unsure_to = 0;           ///< … in which case the checkpoint is here.
  };

  /// Events taken together, from the moment they are taken until they are folded.
  struct folding {
    std::vector<event_ref> events;
    std::vector<std::uint32_t> epochs; ///< Of all shards.
    std::vector<key_events> keys;
    std::vector<std::size_t> unknown; ///< Keys whose row is being read.
    bool alone = false;               ///< One event of a shard that is under suspicion.
  };

  /// A move of one shard under way, and the tally once it is done.
  struct pending_move {
    checkpoint_move move;
    std::uint32_t epoch = 0;
    projection_tally then;
    std::uint64_t rows = 0;
    std::string key; ///< Of one of them.
  };

  struct writing {
    std::uint32_t generation = 0; ///< Of the table it goes into.
    std::uint64_t round = 0;
    std::int64_t begun_us = 0;
    std::vector<pending_move> moves;
  };

  void advance();
  shard_progress progress_of(shard_number shard);
  std::size_t waiting() const;

  // Reading the log: projection_reads.cpp.
  void read_missing();
  void read_shard(shard_number shard);
  void take_read(shard_number shard, std::uint32_t epoch, stored<std::vector<recorded_event>> events);
  void fill(shard_number shard, std::vector<recorded_event> events);

  // Folding: projection_folds.cpp.
  void fold_next();
  void go_on();
  void take(folding& batch);
  bool take_suspect(folding& batch);
  void group(folding& batch) const;
  void find_rows();
  void take_rows(stored<read_rows> rows);
  void fold();
  void forget_void_events(folding& batch) const;
  void put(folding& batch, const std::vector<poison_event>& poison);
  std::vector<folded_row> rows_of(folding& batch);
  void rest_or_stop(const poison_event& poison);
  void rest(shard_number shard, std::int64_t pause_ms);
  void stop(shard_number shard);

  // Writing: projection_writes.cpp.
  void write_next();
  bool worth_writing();
  bool may_wait_for_more();
  bool round_is_full() const { return round_events_ >= context_->settings.write_events_max; }
  void begin_write();
  void collect_rows(view_write& what, std::vector<pending_move*>& by_shard);
  void take_written(stored<std::vector<shard_number>> refused);
  void settle(const writing& write, const std::vector<shard_number>& refused);
  void fail(const writing& write, const store_error& error);
  void narrow_down(const writing& write, const store_error& error);
  void leave_table(const std::string& why);
  void reload(const std::vector<shard_number>& shards, std::int64_t pause_ms);
  void forget(const std::vector<shard_number>& shards);
  void drop(shard_number shard);
  void read_checkpoints();
  void take_checkpoints(const std::vector<std::uint32_t>& epochs, stored<std::vector<shard_position>> checkpoints);
  bool is_gone(std::uint32_t generation, const store_error& error) const;
  void begin_again(shard_number shard, shard_position checkpoint);

  caf::event_based_actor* self_;
  read_context_ptr context_;
  std::shared_ptr<served_view> into_;
  const bool counting_;
  projection_listener owner_;
  view_table table_;
  std::vector<shard_state> shards_;
  bool started_ = false, held_ = false;

  std::size_t reads_ = 0; ///< Reads of the log under way.
  std::size_t next_shard_ = 0;
  std::optional<folding> folding_;

  std::uint64_t round_ = 1, written_round_ = 0;
  std::size_t round_events_ = 0; ///< Folded or passed over since the last write began.
  bool round_alone_ = false;     ///< One event fills the round: of a shard that is under suspicion.
  std::vector<std::pair<std::string, shard_number>> dirty_;
  std::optional<writing> writing_;
  bool flushing_ = false, flush_armed_ = false, reading_checkpoints_ = false;
  std::int64_t next_write_us_ = 0; ///< Steady; the next write may wait so long for more to join it.
  std::int64_t no_pause_until_us_ = 0;
  bool waking_ = false, going_on_ = false;
  store_trouble trouble_;
  bool unsure_ = false;
};

} // namespace stele
