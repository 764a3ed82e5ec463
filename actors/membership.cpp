#include "actors/membership.hpp"

#include "actors/membership_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace stele {

namespace {

template <class Do>
void call(const caf::actor& to, Do what) {
  caf::anon_send(to, membership_call{std::make_shared<const std::function<void(membership_actor&)>>(std::move(what))});
}

} // namespace

struct membership::parts {
  explicit parts(membership_parts given)
      : context(std::make_shared<membership_context>(std::move(given))),
        actor(context->parts.system.spawn<membership_actor>(context)) {
    context->parts.peers.on_news(
        [to = actor](const link_news& news) { call(to, [news](membership_actor& it) { it.hear(news); }); });
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
  call(parts_->actor, [at = std::move(at)](membership_actor& it) { it.join(at); });
}

bool membership::active() const {
  const auto& context = *parts_->context;
  return context.active && context.parts.shards.is_proven(context.parts.time.steady_us());
}

void membership::give_away(std::function<void()> given) {
  call(parts_->actor, [given = std::move(given)](membership_actor& it) { it.give_away(given); });
}

void membership::leave(std::function<void()> left) {
  call(parts_->actor, [left = std::move(left)](membership_actor& it) { it.leave(left); });
}

void membership::hear(node_status status, std::function<void(node_status)> reply) {
  call(parts_->actor,
       [status = std::move(status), reply = std::move(reply)](membership_actor& it) { reply(it.hear(status)); });
}

void membership::report(std::function<void(cluster_report)> reply) const {
  call(parts_->actor, [reply = std::move(reply)](membership_actor& it) { reply(it.report()); });
}

} // namespace stele
