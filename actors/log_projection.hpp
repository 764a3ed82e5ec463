// What a projector and a rebuild drive: the log on its way into one table of a view.
#pragma once

#include "actors/read_context.hpp"
#include "actors/served_view.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace stele {

/// What a projection has put into its table since it was empty.
struct projection_tally {
  std::uint64_t events = 0;
  view_store::checksum rows;
};

/// A table at rest: all that was folded into it is written.
struct table_at_rest {
  view_table table;
  std::vector<shard_position> written;
  std::uint64_t round = 0; ///< Of its last write.
  std::shared_ptr<served_view> rows;
};

/// What the owner of a projection is told of, from inside its actor.
struct projection_listener {
  std::function<void(bool waited_for)> moved;              ///< Rows are newer; whether anybody waits for them.
  std::function<void(const stopped_shard&)> shard_stopped; ///< After the last try of an event.
  std::function<void(const std::string& why)> table_gone;  ///< Nothing is done any more until the next `start`.
};

/// Lives inside one actor and is driven by it. Folds each event exactly once, whatever fails on the way; an event that
/// can't be folded is tried again after pauses, then what depends on it stops.
class log_projection {
public:
  virtual ~log_projection() = default;

  /// Begins behind the checkpoints of `table`; anew where it had begun with another one.
  virtual void start(view_table table, const std::vector<shard_position>& written) = 0;

  /// Tells of durable events that are not handed over.
  virtual void hear(const std::vector<shard_position>& heads) = 0;
  virtual void hand_over(const event_batch& events) = 0;

  /// A shard is this node's to fold from now on; the log ends there. And: it is another node's. A projection over all
  /// shards in one order is folded where the first of them is.
  virtual void gain(shard_number shard, shard_position head) = 0;
  virtual void lose(shard_number shard) = 0;

  /// An event another node stored is durable.
  virtual void hear(shard_number shard, shard_position position) = 0;

  virtual void hold() = 0;          ///< Folds no more, but writes what is folded.
  virtual void release() = 0;       ///< Goes on.
  virtual void retry_stopped() = 0; ///< Begins anew with what stopped.
  virtual void flush() = 0;         ///< Writes checkpoints at once even where no row changed.

  /// Where it stands, and back to where another stood; both only while it is held and `idle`.
  virtual table_at_rest at_rest() const = 0;
  virtual void move_to(const table_at_rest& rebuilt) = 0;

  virtual bool started() const = 0;
  virtual bool idle() const = 0; ///< Nothing is under way and all that is folded is written.
  virtual bool reached(const std::vector<shard_position>& targets) const = 0; ///< Written; what stopped doesn't count.
  virtual bool drained(const std::vector<shard_position>& targets) const = 0; ///< As far as the store lets it for now.
  virtual bool folded_past(const std::vector<shard_position>& targets) const = 0;
  virtual std::vector<shard_position> written() const = 0;
  virtual std::vector<shard_position> at_hand() const = 0; ///< What is worth waiting for before it ends.
  virtual std::uint64_t events_known() const = 0;          ///< Durable, as far as it has heard.
  virtual std::uint64_t events_folded() const = 0;         ///< Since position 0, over all shards.
  virtual std::vector<stopped_shard> stopped() const = 0;
  virtual std::string trouble() const = 0; ///< What the store did last instead of what it was asked; empty: nothing.
  virtual const view_table& table() const = 0;

  /// Nothing once a write with an unknown outcome left it unsure.
  virtual std::optional<projection_tally> tally() const = 0;
};

/// The one that fits the view of `into`. `counting`: keeps the tally; only for a table that is empty at the start.
std::unique_ptr<log_projection> make_projection(caf::event_based_actor* self, read_context_ptr context,
                                                std::shared_ptr<served_view> into, bool counting,
                                                projection_listener owner);

} // namespace stele
