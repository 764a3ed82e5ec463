// Answers queries: waits for the rows to be new enough, reads them, says how current they are.
#pragma once

#include "actors/asked_query.hpp"
#include "actors/read_context.hpp"
#include "actors/waiting_queries.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace stele {

/// From a projector: rows of this view, by its number, are newer than before.
struct view_moved {
  std::size_t view = 0;
};

/// From `remote_reads`: a call to make in a while.
struct do_later {
  std::int64_t pause_ms = 0;
  std::shared_ptr<const std::function<void()>> what;
};

/// Answer who waits, as it is, and let nobody wait any more; then call.
struct no_more_waiting {
  std::shared_ptr<const std::function<void()>> finished;
};

/// One of a pool; each keeps its own waiters. Woken by projectors and by one timer for the nearest deadline.
class query_actor : public caf::event_based_actor {
public:
  query_actor(caf::actor_config& config, read_context_ptr context, std::shared_ptr<inbox<asked_query>> box);

  caf::behavior make_behavior() override;
  void on_exit() override; ///< Answers who still waits.
  const char* name() const override { return "query_actor"; }

private:
  /// A look-up whose row must come from the store.
  struct row_wanted {
    asked_ptr asked;
    shard_position position = 0;
    bool late = false;
  };

  /// Look-ups of one view: all that come while a read runs go into the next.
  struct row_reads {
    std::vector<row_wanted> waiting;
    std::size_t running = 0; ///< Reads at the store.
  };

  void take_queries();
  void serve(asked_ptr asked, bool late);
  void look_up(asked_ptr asked, bool late);
  void start_reads();
  void read_rows_of(served_view& view);
  void start_read(served_view& view, row_reads& reads);
  void take_rows(served_view& view, const view_table& from, const std::vector<row_wanted>& wanted,
                 stored<read_rows> rows);
  void list(asked_ptr asked, bool late);
  void select(asked_ptr asked, std::vector<shard_position> written, bool late);
  void tell_position(asked_query& asked, const std::vector<shard_position>& written);
  bool may_wait() const;
  void wait(asked_ptr asked, shard_number shard, shard_position position);
  void stop_waiting(const asked_query& asked);
  void wake(std::size_t view);
  void sweep_later();
  void sweep();
  void close();
  void finish_closing();
  void refuse_full(asked_query& asked);
  void refuse_unread(asked_query& asked, const store_error& error);

  read_context_ptr context_;
  const std::shared_ptr<inbox<asked_query>> box_;
  std::vector<asked_ptr> come_; ///< Taken out of it.
  waiting_queries waiting_;
  std::vector<row_reads> reads_;         ///< By the view's number.
  std::optional<std::int64_t> sweep_us_; ///< When the next sweep is due.
  std::size_t selects_ = 0;              ///< Under way.
  bool closing_ = false;
  std::vector<no_more_waiting> closers_;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::view_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::do_later)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::no_more_waiting)
