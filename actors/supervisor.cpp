#include "actors/supervisor.hpp"

#include "actors/log.hpp"

#include <caf/system_messages.hpp>

namespace stele {

supervisor::supervisor(caf::actor_config& config, write_context_ptr context)
    : caf::event_based_actor(config), context_(std::move(context)) {}

caf::behavior supervisor::make_behavior() {
  set_down_handler([this](const caf::down_msg& down) { lost(down); });
  watch(context_->region, "the region");
  for (std::size_t i = 0; i < context_->lanes.size(); ++i) watch(context_->lanes[i], "lane " + std::to_string(i));
  const auto& projectors = context_->parts.projectors;
  for (std::size_t i = 0; i < projectors.size(); ++i) watch(projectors[i], "projector " + std::to_string(i));
  return {[](caf::unit_t) {}}; // It hears of deaths only, but an actor without a handler ends.
}

void supervisor::watch(const caf::actor& it, std::string called) {
  monitor(it);
  watched_.emplace_back(it.address(), std::move(called));
}

void supervisor::lost(const caf::down_msg& down) {
  if (context_->stopping) return;
  context_->broken = true;
  for (const auto& [address, called] : watched_)
    if (address == down.source)
      log(log_level::error, called + " died (" + home_system().render(down.reason) + "); restart the node");
}

} // namespace stele
