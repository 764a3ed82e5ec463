// What the projector of a view shares with those who answer queries: recent rows, and how far they go.
#pragma once

#include "actors/lag_marks.hpp"
#include "actors/row_cache.hpp"
#include "actors/token.hpp"
#include "actors/view_report.hpp"
#include "actors/view_type.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace stele {

/// How far a shard of a view is. `folded`: rows in memory hold everything up to here. `written`: rows in the store do.
///
/// A shard is `proven` once its projector has moved the checkpoint itself since it last read it. Before that a late
/// write of somebody else may lie between the checkpoint and the rows read after it, so rows folded on them are shown
/// to nobody until the guard has let them through.
struct shard_progress {
  shard_number shard = 0;
  shard_position folded = 0, written = 0;
  bool proven = false;
};

/// Durable events of one shard, heard of.
struct heard_events {
  shard_number shard = 0;
  shard_position first = 0, last = 0;
  unix_ms recorded_at = 0; ///< Of the first.
};

/// A row folded anew.
struct folded_row {
  std::string key;
  cached_row row;
};

/// One view as it is served. Written by its projector, read by all who answer queries; safe from any thread, and no
/// call takes long. Rows and positions change under one lock, so a row is never newer or older than the position beside
/// it.
class served_view {
public:
  served_view(const view_type& type, std::size_t number, std::uint32_t shards, std::size_t rows_max);

  const view_type& type() const { return type_; }
  std::size_t number() const { return number_; } ///< Place in the list of the node's views.

  // For the projector. Those that may end somebody's wait answer whether anybody waits.
  void open(view_table table, const std::vector<shard_position>& written);
  void heard(std::span<const heard_events> events);
  bool fold(std::vector<folded_row>& rows, std::span<const shard_progress> progress); ///< Takes the rows.
  bool move(std::span<const shard_progress> progress);
  bool written(std::uint64_t round, std::span<const shard_progress> progress);

  /// Of a shard that another node folds: its rows are written up to there, and its events are durable up to there.
  /// Never back. The first answers whether anybody waits.
  bool advance_remote(shard_number shard, shard_position written);
  void hear_remote(shard_number shard, shard_position head, unix_ms now);

  void drop(std::span<const shard_progress> shards); ///< Forgets their rows and puts them back.
  bool replace(served_view& by);                     ///< Takes over table, rows and positions of a rebuilt view.
  std::vector<std::optional<cached_row>> find(std::span<const std::string> keys);
  void show(std::optional<rebuild_progress> progress); ///< Says how a rebuild goes, to callers who must be refused.
  void when_waited_for(std::function<void()> call);    ///< From any thread, while nobody waited before; must not block.

  // For queries.

  /// What a look-up finds in memory.
  struct looked_up {
    bool open = false;
    bool reached = false;        ///< The view holds everything up to the target; if not, the caller waits now.
    bool cached = false;         ///< `row` is it; otherwise the store's row holds everything up to `position`.
    shard_position position = 0; ///< What the row holds everything of.
    shared_row row;

    std::optional<row_values> copy() const { return row ? std::optional(*row) : std::nullopt; }
  };
  /// With `wait`, a caller that was not served counts as waiting until `leave`, and is sure to be told of progress.
  /// Without `memory_trusted` only what is written counts: what is folded here may not be the store's yet.
  looked_up look_up(std::string_view key, shard_number shard, shard_position target, bool wait, bool memory_trusted);

  /// Where lists stand.
  struct standing {
    bool open = false;
    std::optional<std::pair<shard_number, shard_position>> missing; ///< The first of those wanted that is not written.
    std::vector<shard_position> written;                            ///< Empty while something is missing.
  };
  standing stand(const token& wanted, bool wait);

  void leave();
  bool is_waited_for() const;
  std::vector<shard_position> positions(bool written) const;
  view_table table() const;
  bool is_open() const;
  std::optional<rebuild_progress> rebuilding() const;

  /// Age of the oldest event that positions (of all shards, or of one) leave out; 0 when they leave out none.
  std::int64_t lag_ms(std::span<const shard_position> positions, unix_ms now) const;
  std::int64_t lag_ms(shard_number shard, shard_position position, unix_ms now) const;

private:
  struct shard_standing {
    shard_position folded = 0, written = 0;
    bool proven = false;
    lag_marks marks;
  };

  void set(std::span<const shard_progress> progress);
  void begin_waiting();
  std::int64_t lag_of(const shard_standing& shard, shard_position position, unix_ms now) const;

  const view_type& type_;
  const std::size_t number_;
  mutable std::mutex mutex_;
  bool open_ = false;
  view_table table_;
  row_cache rows_;
  std::vector<shard_standing> shards_;
  std::uint64_t waiting_ = 0;
  std::function<void()> first_waits_;
  std::optional<rebuild_progress> rebuilding_;
};

} // namespace stele
