#include "app/gateway/door.hpp"

#include "app/gateway/gateway_actor.hpp"
#include "app/gateway/guarded_door.hpp"

namespace stele::gateway {

namespace {

const security::caf_tls_words tls_words{"gateway.certificate", "gateway.private-key", "gateway.client-authority",
                                        "gateway.client-names", "stele certs FOLDER --node NAME --client NAME"};

} // namespace

struct door::parts {
  parts(const gateway_settings& settings, security::caf_tls_ptr tls, node_calls node)
      : shared(std::make_shared<gateway_parts>(settings, std::move(node))),
        guarded(settings, {"gateway", std::move(tls), tls_words}, shared,
                [this](caf::actor_system& system) { return caf::actor{system.spawn<gateway_actor>(shared)}; }) {}

  std::shared_ptr<gateway_parts> shared;
  guarded_door guarded;
};

door::door(std::unique_ptr<parts> parts) : parts_(std::move(parts)) {}
door::~door() { stop(); }

std::uint16_t door::port() const { return parts_->guarded.port(); }
door_counts door::counts() const { return parts_->guarded.counts(); }
void door::stop_accepting() { parts_->guarded.stop_accepting(); }
void door::stop() { parts_->guarded.stop(); }

std::variant<std::unique_ptr<door>, std::string> open_door(const gateway_settings& settings, node_calls node) {
  auto tls = security::make_caf_tls(settings.tls, tls_words);
  if (!tls) return "The gateway: " + tls.error().what + '.';
  auto parts = std::make_unique<door::parts>(settings, std::move(*tls), std::move(node));
  auto why = parts->guarded.listen();
  std::unique_ptr<door> opened{new door{std::move(parts)}};
  if (why) return std::move(*why);
  return opened;
}

} // namespace stele::gateway
