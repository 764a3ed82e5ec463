#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/projector.hpp"

#include <caf/send.hpp>

namespace stele {

void projector::begin_rebuild(const done_reply& reply) {
  rebuild_wanted_ = true;
  context_->views.begin_rebuild(view(), answer_in<std::uint32_t>(this, [this, reply](auto generation) {
                                  if (generation) {
                                    spawn_rebuild(*generation);
                                    return reply(std::nullopt);
                                  }
                                  end_rebuild("could not begin: " + generation.error().what);
                                  reply(refusal{refusal_kind::unavailable, "rebuild", generation.error().what, {}});
                                }));
}

void projector::spawn_rebuild(std::uint32_t generation) {
  log(log_level::info, "view " + view() + ": rebuilding as generation " + std::to_string(generation));
  next_ = {view(), generation};
  target_sent_ = false;
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

void projector::take_finished(const rebuild_result& result, stored<stele::done> finished) {
  if (finished) return adopt(result);
  if (finished.error().fault != store_fault::unknown) return give_up(finished.error().what);
  // It may have been done all the same: the store knows which table serves.
  context_->views.open_view(served_->type().definition(), answer_in<view_status>(this, [this, result](auto status) {
                              if (!status)
                                return try_again("may be rebuilt or not", status.error(), [this, result] {
                                  take_finished(result, store_error{store_fault::unknown, "asked again"});
                                });
                              if (status->serving == next_.generation) return adopt(result);
                              give_up("the tables could not be exchanged");
                            }));
}

void projector::adopt(const rebuild_result& result) {
  current_ = true;
  projection_->move_to(result.at);
  end_rebuild("finished: " + std::to_string(result.events) + " events gave " + std::to_string(result.row_count) +
              " rows, checked by count and checksum, in " + std::to_string(result.took_ms) + " ms");
}

void projector::rebuild_failed(std::uint32_t generation, const std::string& why) {
  if (rebuild_ && next_.generation == generation) give_up(why);
}

void projector::give_up(const std::string& why) {
  const auto given_up = next_;
  end_rebuild("failed: " + why);
  context_->views.cancel_rebuild(given_up, answer_in<stele::done>(this, [this](stored<stele::done> dropped) {
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
