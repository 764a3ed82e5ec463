// Builds a view anew from the whole log, into a table beside the one that serves.
#pragma once

#include "actors/log_projection.hpp"
#include "actors/messages.hpp"
#include "actors/read_context.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stele {

class rebuild_actor;

/// Something to do inside a rebuild.
struct rebuild_call {
  std::shared_ptr<const std::function<void(rebuild_actor&)>> run;
};

/// A table that is where it was wanted.
struct rebuild_result {
  table_at_rest at;
  std::uint64_t events = 0;
  std::uint64_t row_count = 0;
  std::int64_t took_ms = 0;
};

/// Folds everything from position 0, checks the table against what it counted, follows until it is told where the
/// serving table stands, and stops there.
class rebuild_actor : public caf::event_based_actor {
public:
  rebuild_actor(caf::actor_config& config, read_context_ptr context, std::size_t view, view_table next,
                caf::actor serving);

  caf::behavior make_behavior() override;
  void on_exit() override { serving_ = nullptr; }
  const char* name() const override { return "rebuild"; }

  /// The serving table stands still there: reach it, and report.
  void finish_at(std::vector<shard_position> targets);

private:
  enum class stage { catching_up, settling, checking, following, finishing, finished };

  void start();
  void moved();
  void step();
  void check();
  void take_checksum(stored<view_store::checksum> found);
  void show_progress();
  void fail(const std::string& why, bool for_good = false);
  bool nearly_there() const;

  read_context_ptr context_;
  std::shared_ptr<served_view> serving_view_;
  std::shared_ptr<served_view> rows_; ///< Seen by nobody until the swap.
  view_table next_;
  caf::actor serving_;
  std::unique_ptr<log_projection> projection_;
  stage stage_ = stage::catching_up;
  std::vector<shard_position> targets_; ///< First the heads at the start, in the end where the serving table stands.
  std::int64_t began_us_ = 0;
  projection_tally counted_; ///< What must be found in the table.
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::rebuild_call)
