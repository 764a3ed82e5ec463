// Watches the actors a node can't do without.
#pragma once

#include "actors/write_context.hpp"

#include <caf/event_based_actor.hpp>

namespace stele {

/// Monitors region, lanes and projectors. They catch what can be expected, so one that dies means a defect: it is
/// logged, and the node is no longer ready. Nothing is restarted: what its memory was worth nobody knows; the process
/// is.
class supervisor final : public caf::event_based_actor {
public:
  supervisor(caf::actor_config& config, write_context_ptr context);

  const char* name() const override { return "supervisor"; }
  void on_exit() override { context_.reset(); }

protected:
  caf::behavior make_behavior() override;

private:
  void watch(const caf::actor& it, std::string called);
  void lost(const caf::down_msg& down);

  write_context_ptr context_;
  std::vector<std::pair<caf::actor_addr, std::string>> watched_;
};

} // namespace stele
