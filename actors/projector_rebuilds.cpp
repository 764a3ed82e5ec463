#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/projector.hpp"
#include "actors/sabotage.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stele {

namespace {

constexpr std::uint32_t swaps_refused_max = 5;

} // namespace

/// What comes of it, the log has.
void projector::rebuild_or_wait() {
  if (!rebuilds_here()) return look_for_new_table();
  if (!rebuild_ && !beginning_) begin_rebuild([](const std::optional<refusal>&) {});
}

/// After a tenth of the time the failed one took, so that one that fails late, again and again, leaves others some of
/// it.
void projector::rebuild_again_later() {
  constexpr std::int64_t pause_max_ms = 600'000;
  if (STELE_SABOTAGE(failed_rebuild_left_alone)) return;
  rebuild_wanted_ = true;
  const std::int64_t tenth_ms = (context_->time.steady_us() - rebuild_began_us_) / 10'000;
  run_later(this, std::max(trouble_.failed("its rebuild " + last_rebuild_), std::min(tenth_ms, pause_max_ms)), [this] {
    if (!current_ && rebuild_wanted_) rebuild_or_wait();
  });
}

void projector::look_for_new_table() {
  constexpr std::int64_t pause_ms = 1000;
  if (current_ || outdated_ || std::exchange(looking_, true)) return;
  run_later(this, pause_ms, [this] {
    looking_ = false;
    if (rebuilds_here()) return; // The rebuild is this node's by now.
    context_->views.open_view(served_->type().definition(), answer_in<view_status>(this, [this](auto status) {
                                const bool newer = status && status->version > served_->type().definition().version;
                                if (status && !current_ && (status->current || newer)) return take_up(*status);
                                look_for_new_table();
                              }));
  });
}

void projector::table_gone(const std::string& why) {
  opened_ = false;
  try_again("its table was replaced", {store_fault::fenced, why}, [this] { reopen(); });
  finish_drains();
}

/// Another table serves than the one that was known.
void projector::reopen() {
  context_->views.open_view(served_->type().definition(), answer_in<view_status>(this, [this](auto status) {
                              if (!status)
                                return try_again("could not be opened", status.error(), [this] { reopen(); });
                              take_up(*status);
                            }));
}

/// While nodes of two releases run, the newer version of the view stays.
void projector::take_up(const view_status& status) {
  const std::uint32_t mine = served_->type().definition().version;
  current_ = status.current;
  outdated_ = !current_ && status.version > mine;
  rebuild_wanted_ = !current_ && !outdated_;
  served_->show(std::nullopt);
  if (outdated_)
    log(log_level::error, "view " + view() + ": version " + std::to_string(status.version) +
                              " of it serves by now, and this node has version " + std::to_string(mine) +
                              "; it stands still here until the node is started with that version");
  start({view(), status.serving});
}

void projector::begin_rebuild(const done_reply& reply) {
  rebuild_wanted_ = beginning_ = true;
  rebuild_began_us_ = context_->time.steady_us();
  context_->views.begin_rebuild(projection_->table(),
                                answer_in<std::uint32_t>(this, [this, reply](stored<std::uint32_t> generation) {
                                  beginning_ = false;
                                  take_begun(std::move(generation), reply);
                                }));
}

void projector::take_begun(stored<std::uint32_t> generation, const done_reply& reply) {
  if (!generation) {
    end_rebuild("could not begin: " + generation.error().what);
    if (generation.error().fault != store_fault::fenced && !current_)
      rebuild_again_later();
    else if (!current_ || !is_one_of_several()) // Else the new table was taken up meanwhile.
      reopen();
    return reply(refusal{refusal_kind::unavailable, "rebuild", generation.error().what, {}});
  }
  if (is_one_of_several() && (current_ || !rebuilds_here())) { // Meanwhile it became another node's, or was done.
    drop_half_built({view(), *generation});
    look_for_new_table();
    return reply(refusal{refusal_kind::unavailable, "rebuild", "Another node rebuilds view " + view() + ".", {}});
  }
  spawn_rebuild(*generation);
  reply(std::nullopt);
}

void projector::spawn_rebuild(std::uint32_t generation) {
  log(log_level::info, "view " + view() + ": rebuilding as generation " + std::to_string(generation));
  next_ = {view(), generation};
  target_sent_ = false;
  swaps_refused_ = 0;
  rebuild_ = spawn<rebuild_actor>(context_, served_->number(), next_, caf::actor_cast<caf::actor>(this));
}

void projector::rebuild_caught_up(std::uint32_t generation) {
  if (!rebuild_ || next_.generation != generation) return;
  swapping_ = true;
  hold_or_release();
  projection_->flush();
  let_rebuild_finish();
}

void projector::let_rebuild_finish() {
  if (target_sent_) return;
  if (!projection_->idle()) return projection_->flush();
  target_sent_ = true;
  auto finish = [targets = projection_->written()](rebuild_actor& rebuild) { rebuild.finish_at(targets); };
  send(rebuild_, rebuild_call{std::make_shared<const std::function<void(rebuild_actor&)>>(std::move(finish))});
}

void projector::rebuild_reached(const rebuild_result& result) {
  if (!rebuild_ || next_.generation != result.at.table.generation) return;
  context_->views.finish_rebuild(next_, answer_in<stele::done>(this, [this, result](auto finished) {
                                   take_finished(result, std::move(finished));
                                 }));
}

/// Where nobody knows whether it was done it is done again; what is done already is then found gone. A store that says
/// no, as while somebody reads the old table for long, is asked a few times more: the new table is full.
void projector::take_finished(const rebuild_result& result, stored<stele::done> finished) {
  if (!rebuild_ || next_.generation != result.at.table.generation) return; // Given up meanwhile.
  if (finished) return adopt(result);
  const store_error& error = finished.error();
  if (error.fault == store_fault::unknown && STELE_SABOTAGE(unknown_swap_taken_as_done)) return adopt(result);
  if (error.fault == store_fault::fenced) return find_out(result);
  const bool was_refused = error.fault != store_fault::unknown && error.fault != store_fault::unavailable;
  if (was_refused && ++swaps_refused_ == swaps_refused_max) return rebuild_failed(next_.generation, error.what, false);
  try_again("its new table could not be swapped in", error, [this, result] { rebuild_reached(result); });
}

/// The table is gone: another one was begun, or it serves.
void projector::find_out(const rebuild_result& result) {
  context_->views.open_view(served_->type().definition(), answer_in<view_status>(this, [this, result](auto status) {
                              if (!rebuild_ || next_.generation != result.at.table.generation) return;
                              if (!status)
                                return try_again("its tables could not be looked up", status.error(),
                                                 [this, result] { find_out(result); });
                              if (status->serving == next_.generation) return adopt(result);
                              rebuild_failed(next_.generation, "its table was dropped", false);
                            }));
}

void projector::adopt(const rebuild_result& result) {
  ++starts_; // What another start still reads is of the old table.
  current_ = true;
  trouble_.over();
  projection_->move_to(result.at);
  end_rebuild("finished: " + std::to_string(result.events) + " events gave " + std::to_string(result.row_count) +
              " rows, checked by count and checksum, in " + std::to_string(result.took_ms) + " ms");
}

void projector::rebuild_failed(std::uint32_t generation, const std::string& why, bool for_good) {
  if (!rebuild_ || next_.generation != generation) return;
  give_up(why);
  if (!current_ && !for_good) rebuild_again_later();
}

void projector::give_up(const std::string& why) {
  const auto given_up = next_;
  end_rebuild("failed: " + why);
  drop_half_built(given_up);
}

void projector::drop_half_built(const view_table& it) {
  context_->views.cancel_rebuild(it, answer_in<stele::done>(this, [this](stored<stele::done> dropped) {
                                   if (!dropped)
                                     log(log_level::warning,
                                         "view " + view() + ": its half-built table stays: " + dropped.error().what);
                                 }));
}

void projector::end_rebuild(std::string how) {
  log(log_level::info, "view " + view() + ": rebuild " + how);
  last_rebuild_ = std::move(how);
  if (rebuild_) caf::anon_send_exit(rebuild_, caf::exit_reason::user_shutdown);
  rebuild_ = nullptr;
  rebuild_wanted_ = swapping_ = target_sent_ = false;
  served_->show(std::nullopt);
  hold_or_release();
}

} // namespace stele
