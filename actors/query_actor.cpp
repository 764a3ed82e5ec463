#include "actors/query_actor.hpp"

#include "actors/continuation.hpp"
#include "actors/log.hpp"
#include "actors/remote_reads.hpp"

#include <algorithm>
#include <utility>

namespace stele {

namespace {

constexpr std::size_t keys_max = 500; ///< In one read.
constexpr std::size_t reads_at_once = 2;
constexpr std::size_t keys_worth_a_read = 16;

} // namespace

query_actor::query_actor(caf::actor_config& config, read_context_ptr context, std::shared_ptr<inbox<asked_query>> box)
    : caf::event_based_actor(config), context_(std::move(context)), box_(std::move(box)),
      waiting_(context_->served.size()), reads_(context_->served.size()) {}

caf::behavior query_actor::make_behavior() {
  return {[this](const inbox_filled&) {
            box_->take(come_);
            if (const lifetime_gate::pass inside(context_->gate); inside) take_queries();
            come_.clear(); // Dropped, and so answered.
          },
          [this](const view_moved& moved) {
            if (const lifetime_gate::pass inside(context_->gate); inside) wake(moved.view);
          },
          [this](const do_later& it) {
            if (const lifetime_gate::pass inside(context_->gate); inside) run_later(this, it.pause_ms, *it.what);
          },
          [this](const no_more_waiting& closer) {
            const lifetime_gate::pass inside(context_->gate);
            if (!inside) return;
            closers_.push_back(closer);
            close();
          },
          [this](const continuation& next) {
            const lifetime_gate::pass inside(context_->gate);
            if (!inside) return;
            (*next.run)();
            finish_closing();
          }};
}

void query_actor::on_exit() {
  box_->close(); // Dropped, and so answered.
  waiting_.take_all();
  reads_.clear();
}

void query_actor::take_queries() {
  for (asked_ptr& it : come_) serve(std::move(it), false);
  start_reads();
}

/// Who must be read for from the store is noted: then call `start_reads`.
void query_actor::serve(asked_ptr asked, bool late) {
  late = late || closing_ || context_->time.steady_us() >= asked->deadline_us; // Who can't wait at all needs no timer.
  if (asked->selection)
    list(std::move(asked), late);
  else
    look_up(std::move(asked), late);
}

void query_actor::look_up(asked_ptr asked, bool late) {
  auto& view = *asked->view;
  const bool wait_for_it = !late && may_wait();
  // What was trusted when it was asked may be what another node has changed since.
  const bool trusted = asked->memory_trusted && context_->shards.is_proven(context_->time.steady_us());
  const auto found = view.look_up(asked->it->key, asked->shard, asked->target, wait_for_it, trusted);
  if (!found.reached && wait_for_it) {
    const auto shard = asked->shard;
    const auto target = asked->target;
    return wait(std::move(asked), shard, target);
  }
  if (!found.reached && !late) return refuse_full(*asked);
  if (found.cached) return answer_lookup(*context_, *asked, found.copy(), found.position, !found.reached);
  reads_[view.number()].waiting.push_back({std::move(asked), found.position, !found.reached});
}

void query_actor::start_reads() {
  for (const auto& view : context_->served) read_rows_of(*view);
}

/// While rows are read, what is wanted next gathers; of two reads one is at the store while the other is answered, so a
/// crowd that comes at once is parted.
void query_actor::read_rows_of(served_view& view) {
  auto& reads = reads_[view.number()];
  while (reads.running < reads_at_once && !reads.waiting.empty()) start_read(view, reads);
}

void query_actor::start_read(served_view& view, row_reads& reads) {
  const std::size_t free = reads_at_once - reads.running++;
  const std::size_t share = std::max((reads.waiting.size() + free - 1) / free, keys_worth_a_read);
  const auto count = static_cast<std::ptrdiff_t>(std::min({reads.waiting.size(), share, keys_max}));
  const auto end = reads.waiting.begin() + count;
  auto wanted = std::make_shared<std::vector<row_wanted>>(std::make_move_iterator(reads.waiting.begin()),
                                                          std::make_move_iterator(end));
  reads.waiting.erase(reads.waiting.begin(), end);
  std::vector<std::string> keys;
  keys.reserve(wanted->size());
  for (const auto& it : *wanted) keys.push_back(it.asked->it->key);
  const auto table = view.table();
  context_->views.read(
      table, std::move(keys),
      answer_in<read_rows>(this, [this, &view, table, wanted = std::move(wanted)](stored<read_rows> rows) {
        take_rows(view, table, *wanted, std::move(rows));
      }));
}

void query_actor::take_rows(served_view& view, const view_table& from, const std::vector<row_wanted>& wanted,
                            stored<read_rows> rows) {
  auto& reads = reads_[view.number()];
  --reads.running;
  const bool replaced = view.table().generation != from.generation;
  if (!rows && replaced) reads.waiting.insert(reads.waiting.end(), wanted.begin(), wanted.end());
  read_rows_of(view); // Before these are answered.
  if (!rows && replaced) return;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& it = wanted[i];
    if (rows)
      answer_lookup(*context_, *it.asked, std::move(rows->rows[i]), it.position, it.late);
    else
      refuse_unread(*it.asked, rows.error());
  }
}

void query_actor::list(asked_ptr asked, bool late) {
  const bool wait_for_it = !late && may_wait();
  auto standing = asked->view->stand(asked->it->after, wait_for_it);
  if (!standing.missing) return select(std::move(asked), std::move(standing.written), false);
  if (late) return select(std::move(asked), asked->view->positions(true), true);
  if (!wait_for_it) return refuse_full(*asked);
  wait(std::move(asked), standing.missing->first, standing.missing->second);
}

void query_actor::select(asked_ptr asked, std::vector<shard_position> written, bool late) {
  if (asked->tell) return tell_position(*asked, written);
  const auto table = asked->view->table();
  auto selection = *asked->selection;
  auto take = [this, asked, generation = table.generation, written = std::move(written),
               late](stored<selected_rows> rows) mutable {
    --selects_;
    if (rows) {
      // Checkpoints may lie behind where no row was left to write: what was written before the read counts as well.
      for (std::size_t i = 0; i < written.size(); ++i) written[i] = std::max(written[i], rows->positions[i]);
      answer_list(*context_, *asked, std::move(rows->page), written, late);
    } else if (asked->view->table().generation != generation) {
      list(asked, late);
    } else {
      refuse_unread(*asked, rows.error());
    }
  };
  ++selects_;
  context_->views.select(table, std::move(selection), answer_in<selected_rows>(this, std::move(take)));
}

void query_actor::tell_position(asked_query& asked, const std::vector<shard_position>& written) {
  context_->counters.queries_in_flight.fetch_sub(1, std::memory_order_relaxed);
  asked.owed = false;
  asked.tell(written[asked.shard]);
}

bool query_actor::may_wait() const { return context_->counters.waiters.load() < context_->settings.waiters_max; }

void query_actor::wait(asked_ptr asked, shard_number shard, shard_position position) {
  if (context_->remote) context_->remote->await(*asked->view, shard, position, asked->deadline_us);
  context_->counters.waiters.fetch_add(1, std::memory_order_relaxed);
  waiting_.add(std::move(asked), shard, position);
  sweep_later();
}

void query_actor::stop_waiting(const asked_query& asked) {
  context_->counters.waiters.fetch_sub(1, std::memory_order_relaxed);
  asked.view->leave();
}

void query_actor::wake(std::size_t number) {
  const auto& view = *context_->served[number];
  for (const bool written : {false, true}) {
    if (!waiting_.any(number, written)) continue;
    for (auto& asked : waiting_.take_reached(number, written, view.positions(written))) {
      stop_waiting(*asked);
      serve(std::move(asked), false);
    }
  }
  start_reads();
}

void query_actor::sweep_later() {
  const auto next = waiting_.next_deadline_us();
  if (!next || (sweep_us_ && *sweep_us_ <= *next)) return; // The sweep that is due first will look on.
  sweep_us_ = *next;
  const auto wait_us = std::max<std::int64_t>(0, *next - context_->time.steady_us());
  run_later(this, (wait_us + 999) / 1000, [this, due = *next] {
    if (sweep_us_ == due) sweep();
  });
}

void query_actor::sweep() {
  sweep_us_.reset();
  for (auto& asked : waiting_.take_late(context_->time.steady_us())) {
    stop_waiting(*asked);
    serve(std::move(asked), true);
  }
  start_reads();
  sweep_later();
}

void query_actor::close() {
  closing_ = true;
  for (auto& asked : waiting_.take_all()) {
    stop_waiting(*asked);
    serve(std::move(asked), true);
  }
  start_reads();
  finish_closing();
}

void query_actor::finish_closing() {
  const auto reading = [](const row_reads& reads) { return reads.running != 0; };
  if (closers_.empty() || selects_ > 0 || std::any_of(reads_.begin(), reads_.end(), reading)) return;
  for (const auto& closer : std::exchange(closers_, {})) (*closer.finished)();
}

void query_actor::refuse_full(asked_query& asked) {
  context_->counters.queries_shed.fetch_add(1, std::memory_order_relaxed);
  answer(*context_, asked,
         refusal{refusal_kind::overloaded,
                 "overloaded",
                 "At most " + std::to_string(context_->settings.waiters_max) +
                     " queries may wait for newer rows; try again shortly.",
                 {}});
}

void query_actor::refuse_unread(asked_query& asked, const store_error& error) {
  const auto rebuilding = asked.view->rebuilding();
  if (rebuilding)
    return answer(*context_, asked,
                  refusal{refusal_kind::unavailable,
                          "rebuilding",
                          "View " + std::string(asked.view->type().name()) + " is being rebuilt, " +
                              std::to_string(rebuilding->events_done) + " of " +
                              std::to_string(rebuilding->events_total) + " events are done; try again in " +
                              std::to_string(rebuilding->seconds_left) + " s.",
                          {}});
  if (error.fault == store_fault::refused && asked.selection)
    return answer(*context_, asked, refusal{refusal_kind::invalid, "bad_selection", error.what, {}});
  log(log_level::warning,
      "rows of view " + std::string(asked.view->type().name()) + " could not be read: " + error.what);
  answer(*context_, asked, refusal{refusal_kind::unavailable, "unreadable", error.what, {}});
}

} // namespace stele
