#include "app/gateway/tls_gate.hpp"

#include "actors/log.hpp"
#include "app/gateway/tls_handshake.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace stele::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string where(const tcp::socket& socket) {
  boost::system::error_code gone;
  const auto other = socket.remote_endpoint(gone);
  return gone ? "somebody" : other.address().to_string();
}

} // namespace

/// Alive until it has ended: what waits holds it.
struct tls_gate::handshake : std::enable_shared_from_this<handshake> {
  handshake(tcp::socket it, const security::caf_tls& tls)
      : socket(std::move(it)), limit(socket.get_executor()), session(tls.accept(socket.native_handle())),
        peer(where(socket)) {}

  void start(tls_gate& gate) {
    limit.expires_after(std::chrono::milliseconds{gate.dog_->handshake_ms_max()});
    limit.async_wait([self = shared_from_this()](boost::system::error_code in_time) {
      if (!in_time) self->give_up();
    });
    shake_hands(socket, *session, [self = shared_from_this(), &gate](const std::optional<std::string>& why) {
      self->limit.cancel();
      gate.ended(*self, why);
    });
  }

  void give_up() {
    late = socket.is_open();
    boost::system::error_code ignored; // Nobody is known yet who could lose something.
    socket.close(ignored);
  }

  tcp::socket socket;
  asio::steady_timer limit;
  std::shared_ptr<security::tls_session> session;
  const std::string peer;
  const std::int64_t since_ms = steady_ms();
  bool late = false;
};

tls_gate::tls_gate(tls_gate_rules rules, std::shared_ptr<watchdog> dog, let_in known)
    : rules_(std::move(rules)), dog_(std::move(dog)), known_(std::move(known)),
      budget_(rules_.connects_per_minute_max) {}

void tls_gate::admit(tcp::socket socket) {
  if (under_way_ >= rules_.handshakes_max) {
    ++dog_->counts.refused;
    return;
  }
  ++under_way_;
  std::make_shared<handshake>(std::move(socket), *rules_.tls)->start(*this);
}

void tls_gate::ended(handshake& it, const std::optional<std::string>& why) {
  --under_way_;
  if (it.late) {
    ++dog_->counts.late;
    return refuse(it, "the handshake took longer than " + std::to_string(dog_->handshake_ms_max()) + " ms");
  }
  if (why) {
    ++dog_->counts.handshakes_failed;
    return refuse(it, *why);
  }
  if (!budget_.take(it.session->peer(), steady_ms())) {
    ++dog_->counts.too_often;
    return refuse(it, it.session->peer() + " connects too often");
  }
  known_(std::move(it.socket), std::move(it.session), it.since_ms);
}

void tls_gate::refuse(const handshake& it, const std::string& why) {
  if (steady_ms() < next_line_ms_) return;
  next_line_ms_ = steady_ms() + 1000;
  log(log_level::warning, rules_.door + ": " + it.peer + " was not let in: " + why);
}

} // namespace stele::gateway
