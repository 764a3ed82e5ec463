#include "actors/projector.hpp"

#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/query_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stele {

projector::projector(caf::actor_config& config, read_context_ptr context, std::size_t view,
                     std::vector<caf::actor> queries)
    : caf::event_based_actor(config), context_(std::move(context)), served_(context_->served[view]),
      queries_(std::move(queries)), projection_(make_projection(this, context_, served_, false,
                                                                {[this](bool waited_for) { moved(waited_for); },
                                                                 [this](const stopped_shard&) { finish_drains(); },
                                                                 [this](const std::string& why) { table_gone(why); }})),
      trouble_(context_->settings.resolve_backoff_ms) {}

caf::behavior projector::make_behavior() {
  if (const lifetime_gate::pass inside(context_->gate); inside) open();
  return {[this](const committed_events& committed) {
            const lifetime_gate::pass inside(context_->gate);
            if (!inside) return;
            projection_->hand_over(committed.events);
            if (rebuild_) send(rebuild_, committed);
          },
          [this](const continuation& next) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*next.run)();
          },
          [this](const projector_call& call) {
            if (const lifetime_gate::pass inside(context_->gate); inside) (*call.run)(*this);
          }};
}

void projector::on_exit() {
  if (rebuild_) caf::anon_send_exit(rebuild_, caf::exit_reason::user_shutdown);
  rebuild_ = nullptr;
  queries_.clear();
}

void projector::open() {
  context_->views.open_view(served_->type().definition(),
                            answer_in<view_status>(this, [this](auto status) { take_status(std::move(status)); }));
}

void projector::take_status(stored<view_status> status) {
  if (!status) return try_again("could not be opened", status.error(), [this] { open(); });
  current_ = status->current;
  rebuild_wanted_ = !current_ || (status->next && !is_one_of_several());
  if (status->next && !rebuild_wanted_) drop_half_built({view(), *status->next}); // From when the node was alone.
  start({view(), status->serving});
}

void projector::start(const view_table& table) {
  const auto mine = ++starts_;
  const auto again = [this, table, mine](const std::string& what, const store_error& error) {
    try_again(what, error, [this, table, mine] {
      if (mine == starts_) start(table);
    });
  };
  // The checkpoints first, then the heads: never the other way round, or a checkpoint could be ahead of what is known.
  auto read_heads = [this, table, mine, again](stored<std::vector<shard_position>> written) {
    if (mine != starts_) return;
    if (!written) return again("checkpoints could not be read", written.error());
    context_->events.heads(
        answer_in<std::vector<shard_position>>(this, [this, table, mine, again, at = *written](auto heads) {
          if (mine != starts_) return;
          if (!heads) return again("heads could not be read", heads.error());
          go_on_with(table, at, *heads);
        }));
  };
  context_->views.checkpoints(table, answer_in<std::vector<shard_position>>(this, std::move(read_heads)));
}

void projector::go_on_with(const view_table& table, const std::vector<shard_position>& written,
                           const std::vector<shard_position>& heads) {
  opened_ = true;
  trouble_.over();
  projection_->hold(); // Or it would go on with the table it has.
  projection_->start(table, written);
  projection_->hear(heads);
  hold_or_release();
  if (rebuild_wanted_) rebuild_or_wait();
  moved(served_->is_waited_for());
}

void projector::gain(shard_number shard, shard_position head) {
  projection_->gain(shard, head);
  has_home_ = has_home_ || shard == home_shard;
  if (shard == home_shard && rebuild_wanted_ && opened_) rebuild_or_wait();
}

void projector::lose(shard_number shard) {
  projection_->lose(shard);
  moved(false); // Who waits until it stands still waits no more for that shard.
  if (shard == home_shard) has_home_ = false;
  if (shard != home_shard || current_ || outdated_) return;
  if (rebuild_) give_up("shard " + std::to_string(home_shard) + " has moved to another node, which begins anew");
  rebuild_wanted_ = true;
  look_for_new_table();
}

void projector::try_again(const std::string& what, const store_error& error, std::function<void()> then) {
  const std::string why = what + ": " + error.what;
  log(log_level::warning, "view " + view() + ": " + why + "; trying again");
  run_later(this, trouble_.failed(why), std::move(then));
}

void projector::moved(bool waited_for) {
  if (waited_for)
    for (const auto& queries : queries_) send(queries, view_moved{served_->number()});
  finish_drains();
  if (swapping_) let_rebuild_finish();
}

void projector::rebuild(const done_reply& reply) {
  if (!opened_)
    return reply(refusal{refusal_kind::unavailable, "view_not_open", "View " + view() + " is not open yet.", {}});
  if (is_one_of_several())
    return reply(refusal{refusal_kind::unavailable,
                         "several_nodes",
                         "View " + view() +
                             " is written by several nodes: stop all but one to rebuild it, or raise its "
                             "version and start them anew.",
                         {}});
  if (rebuild_wanted_)
    return reply(refusal{refusal_kind::rejected, "rebuilding", "View " + view() + " is being rebuilt already.", {}});
  begin_rebuild(reply);
}

void projector::pause(const done_reply& reply) {
  paused_ = true;
  hold_or_release();
  reply(std::nullopt);
}

void projector::unpause(const done_reply& reply) {
  paused_ = false;
  projection_->retry_stopped();
  hold_or_release();
  if (!current_ && opened_ && !outdated_) rebuild_or_wait();
  reply(std::nullopt);
}

void projector::hold_or_release() {
  if (paused_ || !current_ || swapping_)
    projection_->hold();
  else
    projection_->release();
}

view_report projector::report() const {
  view_report it;
  const auto& definition = served_->type().definition();
  it.view = definition.schema.name;
  it.version = definition.version;
  it.generation = projection_->table().generation;
  const auto written = served_->positions(true);
  for (shard_number shard = 0; shard < written.size(); ++shard) {
    const auto head = context_->heads[shard];
    it.lag_events += head - std::min(head, written[shard]);
  }
  it.lag_ms = served_->lag_ms(written, context_->time.now());
  it.stopped = projection_->stopped();
  it.rebuild = served_->rebuilding();
  if (it.rebuild)
    it.trouble = it.rebuild->trouble;
  else if (!opened_ || rebuild_wanted_)
    it.trouble = trouble_.why();
  else if (it.lag_events != 0)
    it.trouble = projection_->trouble();
  it.last_rebuild = last_rebuild_;
  it.state = rebuild_wanted_                    ? "rebuilding"
             : !it.stopped.empty() || !current_ ? "stopped"
             : paused_                          ? "paused"
                                                : "running";
  return it;
}

void projector::drain(std::function<void()> finished) {
  drains_.push_back({projection_->at_hand(), std::move(finished)});
  projection_->flush();
  finish_drains();
}

void projector::finish_drains() {
  const bool standing_still = !opened_ || paused_ || !current_;
  std::vector<drain_wait> waiting;
  std::swap(waiting, drains_);
  for (auto& it : waiting) {
    if (standing_still || projection_->drained(it.targets))
      it.finished();
    else
      drains_.push_back(std::move(it));
  }
  if (!drains_.empty()) projection_->flush(); // Nothing waits for company any more.
}

} // namespace stele
