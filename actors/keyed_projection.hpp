// Folds the log, in the one order of the whole store, into a table of a view with a key of its own.
#pragma once

#include "actors/fold_keys.hpp"
#include "actors/log_projection.hpp"
#include "actors/store_trouble.hpp"
#include "actors/stream_keys.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stele {

/// Lives inside one actor and is driven by it, one step after the other: reads events behind the last one folded, finds
/// their keys, then their rows, folds, writes rows and checkpoints together. Commits that come meanwhile go into the
/// next step.
///
/// What was folded is always the beginning of the order of the whole store, so the checkpoints of the shards say
/// together where it ends: behind the greatest global position among the events they name. The guard lets a write
/// through only when all of them are where they were; else all memory is wrong: it is dropped and the checkpoints are
/// read. Rows are told of once they are written, never before. An event that can't be folded, or whose row the table
/// does not take, is tried again after pauses, then the view stops. A table that is gone is left.
///
/// A commit may be durable some time before the store shows it in the order of everything. Then it is looked for again,
/// after growing pauses, and at each commit.
class keyed_projection final : public log_projection {
public:
  keyed_projection(caf::event_based_actor* self, read_context_ptr context, std::shared_ptr<served_view> into,
                   bool counting, projection_listener owner);

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
  table_at_rest at_rest() const override { return {table_, written(), 0, into_}; }
  void move_to(const table_at_rest& rebuilt) override;
  bool started() const override { return started_; }
  bool idle() const override;
  bool reached(const std::vector<shard_position>& targets) const override;
  bool drained(const std::vector<shard_position>& targets) const override;
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
  static constexpr std::int64_t long_ago = INT64_MIN / 2;

  enum class phase { locating, following, resting, stopped };

  struct shard_state {
    shard_position written = 0, folded = 0;
    shard_position known = 0;    ///< The last durable event heard of.
    shard_position complete = 0; ///< The store's rows hold everything up to here, wherever the checkpoint is.
  };

  /// Where the log stands behind the checkpoints, while it is looked up.
  struct location {
    shard_number next = 0; ///< The shard to be asked after those that were.
    std::size_t out = 0;   ///< Reads under way.
    std::uint64_t place = 0;
    std::optional<std::string> unreadable; ///< The store didn't answer.
    std::optional<poison_event> wrong;     ///< A checkpoint names an event that is not there.
  };

  struct changed_row {
    shared_row before, after;
  };

  /// Events on their way from the log into the table.
  struct step {
    std::vector<recorded_event> events;
    std::vector<std::optional<std::string>> keys; ///< Of their rows.
    std::optional<poison_event> poison;           ///< Behind `events`: the one that can't be folded.
    std::unordered_map<std::string, stored<stream_keys::key>> origins; ///< What the first events of streams name.
    std::set<std::string> unknown;                                     ///< Streams whose first event is to be read.
    std::size_t out = 0;                                               ///< Reads of those under way.
    std::optional<std::string> unreadable;
    std::unordered_map<std::string, changed_row> rows;
    std::size_t changed = 0;

    void cut(std::size_t at, std::string reason); ///< The event at that place, and what follows, is left out.
  };

  /// A write nobody knows the outcome of.
  struct unsure_write {
    std::vector<shard_position> to;
    projection_tally then;
  };

  void advance();
  bool is_behind() const;
  bool waits_for_company();
  bool is_unwritten() const;
  void announce();
  bool try_again(const poison_event& poison);
  void rest_or_stop(const poison_event& poison);
  void rest(std::int64_t pause_ms);
  std::int64_t poison_pause() const;
  void stop();

  // Where it stands: keyed_projection_places.cpp.
  void drop();
  void reload(std::int64_t pause_ms);
  void read_checkpoints();
  void begin_again(const std::vector<shard_position>& checkpoints);
  void locate();
  void take_located(shard_number shard, stored<std::vector<recorded_event>> found);
  void finish_locating();

  // From the log to rows: keyed_projection_steps.cpp.
  void read_page();
  void take_page(stored<std::vector<recorded_event>> page);
  void check_places(step& it) const;
  void look_again_later();
  void find_origins();
  void read_origins();
  void take_origin(const std::string& stream_id, stored<std::vector<recorded_event>> first);
  void find_keys();
  stored<stream_keys::key> key_of(const recorded_event& event) const;
  void find_rows();
  void take_rows(const std::vector<std::string>& missing, stored<read_rows> rows);
  void fold();
  void give_up_step(const std::string& why);

  // Into the table: keyed_projection_writes.cpp.
  bool must_write();
  void write();
  void take_written(stored<std::vector<shard_number>> refused);
  void narrow_down(const store_error& error);
  void keep_written();
  void leave_table(const std::string& why);
  void fail(const store_error& error);
  void end_step();

  /// `then`, unless memory was dropped since.
  template <class Then>
  auto unless_dropped(Then then) {
    return [this, epoch = epoch_, then = std::move(then)](auto&&... args) mutable {
      if (epoch == epoch_) then(std::forward<decltype(args)>(args)...);
    };
  }

  caf::event_based_actor* self_;
  read_context_ptr context_;
  std::shared_ptr<served_view> into_;
  const bool counting_;
  projection_listener owner_;
  view_table table_;
  std::vector<shard_state> shards_;
  std::uint64_t place_ = 0; ///< The global position of the last event folded.
  bool started_ = false, held_ = false;
  bool elsewhere_ = false; ///< Another node folds it.

  phase now_ = phase::locating;
  std::uint32_t epoch_ = 0;
  location locating_;
  std::optional<step> step_;
  bool writing_ = false;
  bool flushing_ = false, flush_armed_ = false;
  std::int64_t stepped_us_ = long_ago; ///< When the last step ended.
  bool company_armed_ = false;
  std::size_t passed_ = 0;   ///< Events folded since the last write.
  std::size_t suspects_ = 0; ///< So many events are folded one at a time: the row of one of them is not taken.
  bool held_back_ = false;   ///< The last look found nothing new; there will be another.
  std::uint32_t looks_ = 0;  ///< Since the last commit.
  std::uint32_t timers_ = 0; ///< Of looks; only the last one counts.

  row_cache rows_; ///< As they are written.
  stream_keys origins_;
  projection_tally tally_, stored_; ///< Of what is folded, and of what is written.
  std::vector<unsure_write> unsure_;
  store_trouble trouble_;
  std::uint32_t attempts_ = 0; ///< Tries of the event in `why_`.
  stopped_shard why_;
};

} // namespace stele
