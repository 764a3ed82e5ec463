// Keeps one view up to date with the log, and rebuilds it when that is wanted.
#pragma once

#include "actors/log_projection.hpp"
#include "actors/messages.hpp"
#include "actors/rebuild.hpp"
#include "actors/refusal.hpp"
#include "actors/store_trouble.hpp"
#include "actors/view_report.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stele {

class projector;

/// Something to do inside a projector.
struct projector_call {
  std::shared_ptr<const std::function<void(projector&)>> run;
};

/// One view, all its shards. Opens it, follows the log, tells the query actors of progress.
///
/// Of several nodes, only the one that owns the first shard rebuilds a view whose version was raised; the others take
/// up the new table when it serves. Until then nobody folds into the old one. A rebuild that fails is begun again after
/// pauses, unless an event can't be folded: then the view waits to be resumed. One that was asked for is given up.
///
/// While a rebuild runs beside it, it hands on what it is handed. At the end it stops folding for a moment, so that the
/// new table can reach where it stands, and goes on with that: positions never go back.
class projector : public caf::event_based_actor {
public:
  using done_reply = std::function<void(std::optional<refusal>)>;

  projector(caf::actor_config& config, read_context_ptr context, std::size_t view, std::vector<caf::actor> queries);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "projector"; }

  // Called inside the actor, by `projector_call`.
  void rebuild(const done_reply& reply);
  void pause(const done_reply& reply);
  void unpause(const done_reply& reply); ///< `resume` is the name of something else in an actor.
  void gain(shard_number shard, shard_position head);
  void lose(shard_number shard);
  void hear(shard_number shard, shard_position position) { projection_->hear(shard, position); }
  view_report report() const;
  void drain(std::function<void()> finished); ///< Writes what is at hand; a backlog stays for the next start.

  // From the rebuild of that generation; what a rebuild that has ended still says is not heard.
  void rebuild_caught_up(std::uint32_t generation);
  void rebuild_reached(const rebuild_result& result);
  void rebuild_failed(std::uint32_t generation, const std::string& why, bool for_good);

private:
  struct drain_wait {
    std::vector<shard_position> targets;
    std::function<void()> finished;
  };

  void open();
  void take_status(stored<view_status> status);
  void start(const view_table& table);
  void go_on_with(const view_table& table, const std::vector<shard_position>& written,
                  const std::vector<shard_position>& heads);
  void try_again(const std::string& what, const store_error& error, std::function<void()> then);
  void moved(bool waited_for);
  void finish_drains();
  void hold_or_release();
  bool is_one_of_several() const { return context_->several; }
  bool rebuilds_here() const { return !is_one_of_several() || has_home_; }
  void table_gone(const std::string& why);
  void reopen();
  void take_up(const view_status& status);
  void rebuild_or_wait();
  void rebuild_again_later();
  void look_for_new_table();
  void begin_rebuild(const done_reply& reply);
  void take_begun(stored<std::uint32_t> generation, const done_reply& reply);
  void spawn_rebuild(std::uint32_t generation);
  void let_rebuild_finish();
  void take_finished(const rebuild_result& result, stored<stele::done> finished);
  void find_out(const rebuild_result& result);
  void adopt(const rebuild_result& result);
  void give_up(const std::string& why);
  void drop_half_built(const view_table& it);
  void end_rebuild(std::string how);
  const std::string& view() const { return served_->type().definition().schema.name; }

  read_context_ptr context_;
  std::shared_ptr<served_view> served_;
  std::vector<caf::actor> queries_;
  std::unique_ptr<log_projection> projection_;
  std::vector<drain_wait> drains_;
  bool opened_ = false;
  bool has_home_ = false;    ///< The first shard is this node's, also while it may be given away.
  bool paused_ = false;      ///< By command.
  bool current_ = true;      ///< False: the table was made from another version; it is only read.
  bool outdated_ = false;    ///< A newer version of the view serves than this node has: here it stands still.
  std::uint64_t starts_ = 0; ///< Only the last one counts.
  bool swapping_ = false;    ///< Stands still until the new table is where this one is.
  store_trouble trouble_;

  bool rebuild_wanted_ = false; ///< Begun, or about to.
  bool beginning_ = false;      ///< The store is asked for a table.
  caf::actor rebuild_;
  std::int64_t rebuild_began_us_ = 0; ///< Steady.
  std::uint32_t swaps_refused_ = 0;
  view_table next_;
  bool target_sent_ = false;
  bool looking_ = false; ///< For the table that another node rebuilds.
  std::string last_rebuild_;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::projector_call)
