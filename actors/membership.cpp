#include "actors/membership.hpp"

#include "actors/membership_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace stele {

struct membership::parts {
  explicit parts(membership_parts given)
      : context(std::make_shared<membership_context>(std::move(given))),
        actor(context->parts.system.spawn<membership_actor>(context)) {
    context->parts.peers.on_news(
        [to = actor](const link_news& news) { run_in(to, [news](membership_actor& it) { it.hear(news); }); });
  }

  std::shared_ptr<membership_context> context;
  caf::actor actor;
};

membership::membership(membership_parts given) : parts_(std::make_unique<parts>(std::move(given))) {}

membership::~membership() {
  parts_->context->parts.peers.on_news([](const link_news&) {});
  parts_->context->gate.close();
  caf::anon_send_exit(parts_->actor, caf::exit_reason::user_shutdown);
}

void membership::join(member_addresses at) {
  run_in(parts_->actor, [at = std::move(at)](membership_actor& it) { it.join(at); });
}

bool membership::active() const {
  const auto& context = *parts_->context;
  return context.active && context.parts.shards.is_proven(context.parts.time.steady_us());
}

void membership::give_away(std::function<void()> given) {
  run_in(parts_->actor, [given = std::move(given)](membership_actor& it) { it.give_away(given); });
}

void membership::leave(std::function<void()> left) {
  run_in(parts_->actor, [left = std::move(left)](membership_actor& it) { it.leave(left); });
}

void membership::hear(node_status status, std::function<void(node_status)> reply) {
  run_in(parts_->actor,
         [status = std::move(status), reply = std::move(reply)](membership_actor& it) { reply(it.hear(status)); });
}

void membership::report(std::function<void(cluster_report)> reply) const {
  run_in(parts_->actor, [reply = std::move(reply)](membership_actor& it) { reply(it.report()); });
}

} // namespace stele
