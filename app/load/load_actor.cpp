#include "app/load/load_actor.hpp"

#include "actors/clock.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <chrono>

namespace stele::load {

std::int64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

void load_desk::found(const wrong& it) {
  const std::lock_guard lock(mutex_);
  findings_.add(it.kind, it.what);
  any_wrong_ = true;
}

load_actor::load_actor(caf::actor_config& config, std::shared_ptr<load_desk> desk, client_settings settings)
    : caf::event_based_actor(config), desk_(std::move(desk)), number_(settings.number), model_(settings),
      random_(~settings.seed + settings.number) {}

caf::behavior load_actor::make_behavior() {
  return {[this](const due& it) {
            work_ = work::scheduled;
            send(model_.next(it.slot, system_clock().now()), it.intended_ns);
          },
          [this](const prepare&) {
            work_ = work::preparing;
            prepare_next();
          },
          [this](const call& it) {
            work_ = work::calling;
            hung_up_ = false;
            for (std::size_t i = 0; i < it.callers; ++i) call_next();
          },
          [this](const hang_up&) { hung_up_ = true; },
          [this](const check&) {
            work_ = work::checking;
            check_next();
          },
          [this](answered& it) { take(it); }};
}

void load_actor::on_exit() {
  for (const auto& each : model_.unanswered()) desk_->history.add(number_, each, {}, 0);
  desk_->alive.leave();
}

void load_actor::send(operation it, std::int64_t intended_ns) {
  it.sent_ns = now_ns();
  it.intended_ns = intended_ns == 0 ? it.sent_ns : intended_ns;
  model_.note_times(it);
  const auto number = it.number;
  desk_->operations.fetch_add(1, std::memory_order_relaxed);
  desk_->to.send(it, [to = caf::actor_cast<caf::actor>(this), number](answer what) {
    caf::anon_send(to, answered{number, std::move(what), now_ns()});
  });
}

void load_actor::prepare_next() {
  if (prepared_ == model_.slots()) return desk_->gate.leave();
  send(model_.create(prepared_++, system_clock().now()), 0);
}

void load_actor::call_next() {
  if (hung_up_) return desk_->gate.leave();
  send(model_.next(desk_->own_slots.choose(random_.next()), system_clock().now()), 0);
}

void load_actor::check_next() {
  if (auto next = model_.next_check()) return send(std::move(*next), 0);
  desk_->orders_checked += model_.orders_checked();
  desk_->unresolved += model_.unresolved();
  desk_->gate.leave();
}

void load_actor::take(answered& it) {
  const auto judged = model_.take(it.number, it.what);
  if (judged.finding) desk_->found(*judged.finding);
  desk_->history.add(number_, judged.what, it.what, it.completed_ns);
  if (work_ == work::preparing) return prepare_next();
  if (work_ == work::checking) return check_next();
  const auto refused =
      it.what.refused ? std::string(to_string(it.what.refused->kind)) + ' ' + it.what.refused->code : std::string();
  desk_->notes.add({judged.what.kind, judged.what.intended_ns, judged.what.sent_ns, it.completed_ns, refused,
                    it.what.stale, !judged.what.command.empty(), desk_->to.begins_at(judged.what)});
  if (work_ == work::calling) return call_next();
  desk_->gate.leave();
}

} // namespace stele::load
