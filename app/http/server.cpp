#include "app/http/server.hpp"

#include "actors/log.hpp"
#include "app/http/connection.hpp"
#include "app/http/door_security.hpp"
#include "app/http/problem.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace stele::http {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using error_code = boost::system::error_code;

namespace {

constexpr std::int64_t accept_pause_ms = 100; // When the process is out of file descriptors.
constexpr std::size_t turned_away_max = 64;   // Connections over the limit that still hear why.
constexpr int backlog = 1024;
constexpr std::int64_t key_look_ms = 1000; // Between looks at the key file.

// What a connection meets at the door.
struct entrance {
  std::optional<response> refused;
  bool hears_why = true;
};

} // namespace

// Everything runs on `io`; the lists are guarded by `guard`, since connections end on any thread.
struct server::parts : connection_home, std::enable_shared_from_this<server::parts> {
  net::io_context io;
  std::optional<net::executor_work_guard<net::io_context::executor_type>> work;
  std::vector<std::thread> threads;
  net::strand<net::io_context::executor_type> strand{io.get_executor()};
  tcp::acceptor acceptor{strand};
  net::steady_timer pause{strand}, key_look{strand};
  std::string keys_wrong; // What the log was told last.
  tcp::endpoint bound;

  std::mutex guard;
  std::vector<std::weak_ptr<connection>> connections;
  std::map<net::ip::address, std::size_t> by_address;
  std::size_t open = 0;
  bool stopping = false;
  std::function<void()> finished;

  std::optional<std::string> listen();
  std::optional<std::string> secure(bool on_loopback);
  void await_key_look();
  void look_at_keys();
  void accept();
  void accepted(tcp::socket socket);
  entrance admit(const net::ip::address& peer);
  void remember(const std::shared_ptr<connection>& it);
  std::vector<std::shared_ptr<connection>> living();
  void closed(const net::ip::address& peer) override;
  void stop_accepting();
};

std::optional<std::string> server::parts::listen() {
  error_code why;
  const auto address = net::ip::make_address(settings.address, why);
  if (why) return "http.address = " + settings.address + " is not an IP address; use 127.0.0.1 or ::1";
  if (auto sentence = secure(address.is_loopback())) return sentence;
  const tcp::endpoint wanted(address, settings.port);
  acceptor.open(wanted.protocol(), why);
  if (!why) acceptor.set_option(tcp::acceptor::reuse_address(true), why);
  if (!why) acceptor.bind(wanted, why);
  if (!why) acceptor.listen(backlog, why);
  if (!why) bound = acceptor.local_endpoint(why);
  if (!why) return std::nullopt;
  return "http: can't listen on " + settings.address + " port " + std::to_string(settings.port) + ": " + why.message() +
         "; choose another http.port, or 0 for any";
}

std::optional<std::string> server::parts::secure(bool on_loopback) {
  auto made = secure_door(settings, on_loopback);
  if (!made) return made.error().what;
  tls = std::move(made->tls);
  keys = std::move(made->keys);
  return std::nullopt;
}

void server::parts::await_key_look() {
  key_look.expires_after(std::chrono::milliseconds(key_look_ms));
  key_look.async_wait([self = shared_from_this()](error_code why) {
    if (why || !self->acceptor.is_open()) return;
    self->look_at_keys();
    self->await_key_look();
  });
}

// Requests never wait for the disk; a key is revoked a second after the file says so, at the latest.
void server::parts::look_at_keys() {
  const auto wrong = keys->refresh();
  auto sentence = wrong ? wrong->what : std::string();
  if (sentence == keys_wrong) return;
  if (wrong) log(log_level::error, "http: nobody is let in: http.keys: " + sentence);
  if (!wrong) log(log_level::info, "http: the key file can be used again");
  keys_wrong = std::move(sentence);
}

void server::parts::accept() {
  acceptor.async_accept(net::make_strand(io), [self = shared_from_this()](error_code why, tcp::socket socket) {
    if (!self->acceptor.is_open()) return;
    if (!why) {
      self->accepted(std::move(socket));
      return self->accept();
    }
    log(log_level::warning, "http: can't accept a connection: " + why.message());
    self->pause.expires_after(std::chrono::milliseconds(accept_pause_ms));
    self->pause.async_wait([self](error_code) {
      if (self->acceptor.is_open()) self->accept();
    });
  });
}

void server::parts::accepted(tcp::socket socket) {
  error_code why;
  const auto peer = socket.remote_endpoint(why);
  if (!why) socket.set_option(tcp::no_delay(true), why);
  if (why) return; // Gone again.
  const auto met = admit(peer.address());
  ++(met.refused ? counters->connections_refused : counters->connections_accepted);
  const auto it = std::make_shared<connection>(std::move(socket), peer, shared_from_this());
  remember(it);
  if (met.refused) return met.hears_why ? it->turn_away(*met.refused) : it->abort();
  it->start();
}

// Counts the connection in every case; `closed` counts it out.
entrance server::parts::admit(const net::ip::address& peer) {
  const std::lock_guard hold(guard);
  ++counters->connections_open;
  const auto all = ++open;
  const auto own = ++by_address[peer];
  if (all > settings.connections_max)
    return {problem(503, "too_many_connections", "the node has no room for another connection; try again"),
            all <= settings.connections_max + turned_away_max};
  if (own > settings.connections_per_address_max)
    return {problem(429, "too_many_connections", "this address has too many connections; close some, then try again")};
  return {};
}

void server::parts::remember(const std::shared_ptr<connection>& it) {
  const std::lock_guard hold(guard);
  // Dead entries are dropped when they are as many as the living ones could be.
  if (connections.size() > 2 * open + 16) {
    const auto dead = std::remove_if(connections.begin(), connections.end(), [](const auto& c) { return c.expired(); });
    connections.erase(dead, connections.end());
  }
  connections.push_back(it);
}

std::vector<std::shared_ptr<connection>> server::parts::living() {
  std::vector<std::shared_ptr<connection>> out;
  const std::lock_guard hold(guard);
  for (const auto& it : connections)
    if (auto alive = it.lock()) out.push_back(std::move(alive));
  return out;
}

void server::parts::closed(const net::ip::address& peer) {
  std::function<void()> last;
  {
    const std::lock_guard hold(guard);
    --counters->connections_open;
    --open;
    if (const auto at = by_address.find(peer); --at->second == 0) by_address.erase(at);
    if (stopping && open == 0) last = std::move(finished);
    if (last) finished = nullptr;
  }
  if (last) net::post(io, std::move(last));
}

void server::parts::stop_accepting() {
  error_code ignored; // A listener that can't be closed is closed already.
  acceptor.close(ignored);
  pause.cancel();
  key_look.cancel();
}

server::server(http_settings settings, routes table, std::shared_ptr<server_counters> counters)
    : parts_(std::make_shared<parts>()) {
  parts_->settings = std::move(settings);
  parts_->table = std::move(table);
  parts_->counters = std::move(counters);
}

server::~server() {
  if (parts_->threads.empty()) return; // Never started: nobody would run what is posted.
  net::post(parts_->strand, [self = parts_] {
    self->stop_accepting();
    for (const auto& it : self->living()) it->abort();
  });
  parts_->work.reset();
  for (auto& it : parts_->threads) it.join();
}

std::optional<std::string> server::start() {
  if (auto sentence = parts_->listen()) return sentence;
  parts_->work.emplace(parts_->io.get_executor());
  parts_->accept();
  if (parts_->keys) parts_->await_key_look();
  for (unsigned i = 0; i < std::max(1u, parts_->settings.threads); ++i)
    parts_->threads.emplace_back([self = parts_.get()] { self->io.run(); });
  return std::nullopt;
}

std::uint16_t server::port() const { return parts_->bound.port(); }

std::string server::endpoint() const {
  const auto address = parts_->bound.address();
  return (address.is_v6() ? '[' + address.to_string() + ']' : address.to_string()) + ':' + std::to_string(port());
}

void server::stop(std::function<void()> finished) {
  net::post(parts_->strand, [self = parts_, finished = std::move(finished)]() mutable {
    self->stop_accepting();
    for (const auto& it : self->living()) it->finish();
    const std::lock_guard hold(self->guard);
    self->stopping = true;
    if (self->open == 0) return net::post(self->io, std::move(finished));
    self->finished = std::move(finished);
  });
}

} // namespace stele::http
