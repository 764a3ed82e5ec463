#include "app/load/http_connections.hpp"

#include "app/security/stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace stele::load {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using error_code = boost::system::error_code;

constexpr std::uint64_t body_bytes_max = 16u << 20;

struct job {
  http_request what;
  std::function<void(http_reply)> done;
};

// One connection and the request it has. Everything happens in the thread of the io_context.
class connection {
public:
  connection(net::io_context& io, const net::ip::tcp::resolver::results_type& where, const http::node_access& node,
             std::function<void(connection&, bool failed)> idle)
      : io_(io), where_(where), node_(node), host_(node.where()), idle_(std::move(idle)) {}

  void begin(job it) {
    job_ = std::move(it);
    again_ = open_; // A kept connection may have been closed by the server meanwhile.
    lost_once_ = false;
    open_ ? write() : connect();
  }

  void cut() {
    if (stream_) stream_->lower().cancel();
  }

private:
  void connect() {
    stream_.emplace(beast::tcp_stream(io_), node_.tls);
    unread_.clear();
    stream_->lower().expires_after(answer_max());
    stream_->lower().async_connect(where_, [this](const error_code& why, const auto&) {
      if (why) return fail("no connection: " + why.message(), false);
      error_code ignored; // Without the option it is slower, not wrong.
      stream_->lower().socket().set_option(net::ip::tcp::no_delay(true), ignored);
      node_.tls ? shake_hands() : ready();
    });
  }

  void shake_hands() {
    if (!security::expect_host(stream_->handle(), node_.host)) return fail("no connection: out of memory", false);
    stream_->async_handshake(net::ssl::stream_base::client, [this](const error_code& why) {
      if (why) return fail("no TLS: " + why.message(), false);
      ready();
    });
  }

  void ready() {
    open_ = true;
    write();
  }

  void write() {
    message_ = {};
    message_.version(11);
    message_.method_string(job_.what.method);
    message_.target(job_.what.target);
    message_.set(beast::http::field::host, host_);
    if (!job_.what.body.empty()) message_.set(beast::http::field::content_type, "application/json");
    if (!job_.what.key.empty()) message_.set("Idempotency-Key", job_.what.key);
    if (!node_.key.empty()) message_.set(beast::http::field::authorization, "Bearer " + node_.key);
    message_.body() = job_.what.body;
    message_.prepare_payload();
    stream_->lower().expires_after(answer_max());
    beast::http::async_write(*stream_, message_,
                             [this](const error_code& why, std::size_t) { why ? lost(why) : read(); });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(body_bytes_max);
    beast::http::async_read(*stream_, unread_, *parser_, [this](const error_code& why, std::size_t) {
      if (why) return lost(why);
      open_ = parser_->get().keep_alive();
      finish({parser_->get().result_int(), std::move(parser_->get().body()), true});
    });
  }

  // Every request may be sent again: queries have no effect, and commands carry their key.
  void lost(const error_code& why) {
    open_ = false;
    if (why != net::error::operation_aborted && std::exchange(again_, false)) {
      lost_once_ = true;
      return connect();
    }
    fail("no answer: " + why.message(), true);
  }

  std::chrono::milliseconds answer_max() const { return std::chrono::milliseconds(job_.what.answer_ms_max); }

  // What went out on a kept connection may have been done, also when there is no new one.
  void fail(std::string why, bool sent) { finish({0, std::move(why), sent || lost_once_}); }

  void finish(http_reply it) {
    const auto done = std::move(job_.done);
    const bool failed = it.status == 0;
    done(std::move(it));
    idle_(*this, failed);
  }

  net::io_context& io_;
  const net::ip::tcp::resolver::results_type& where_;
  const http::node_access& node_;
  const std::string host_;
  const std::function<void(connection&, bool failed)> idle_;
  std::optional<security::stream<beast::tcp_stream>> stream_;
  beast::flat_buffer unread_;
  beast::http::request<beast::http::string_body> message_;
  std::optional<beast::http::response_parser<beast::http::string_body>> parser_;
  job job_;
  bool open_ = false, again_ = false, lost_once_ = false;
};

} // namespace

struct http_connections::parts {
  parts(http::node_access to, std::size_t count, bool replaceable) : node(std::move(to)), is_replaceable(replaceable) {
    error_code unknown; // Then there is no address to connect to, and requests say so.
    net::ip::tcp::resolver resolver(io);
    where = resolver.resolve(node.host, std::to_string(node.port), net::ip::tcp::resolver::numeric_service, unknown);
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(std::make_unique<connection>(io, where, node,
                                                 [this](connection& it, bool failed) { free_again(it, failed); }));
      idle.push_back(all.back().get());
    }
    thread = std::thread([this] { io.run(); });
  }

  ~parts() {
    net::post(io, [this] { end(); });
    work.reset();
    thread.join();
  }

  void take(job it) {
    if (ended) return it.done({0, "the load is over", false});
    if (idle.empty()) return waiting.push_back(std::move(it));
    auto* free = idle.back();
    idle.pop_back();
    free->begin(std::move(it));
  }

  void take_later(job it, std::chrono::milliseconds pause) {
    if (pause.count() == 0) return take(std::move(it));
    const auto timer = std::make_shared<net::steady_timer>(io, pause);
    pausing.insert(timer);
    timer->async_wait([this, timer, mine = std::move(it)](const error_code&) mutable {
      pausing.erase(timer);
      take(std::move(mine));
    });
  }

  void free_again(connection& it, bool failed) {
    idle.push_back(&it);
    if (failed && is_replaceable)
      for (auto& each : std::exchange(waiting, {})) each.done({0, "the node gives no answer", false});
    if (waiting.empty() || ended) return;
    auto next = std::move(waiting.front());
    waiting.pop_front();
    take(std::move(next));
  }

  void end() {
    ended = true;
    for (auto& each : std::exchange(waiting, {})) each.done({0, "the load is over", false});
    for (auto& each : all) each->cut();
    for (const auto& each : pausing) each->cancel();
  }

  const http::node_access node;
  const bool is_replaceable;
  net::io_context io{1};
  net::executor_work_guard<net::io_context::executor_type> work = net::make_work_guard(io);
  net::ip::tcp::resolver::results_type where;
  std::vector<std::unique_ptr<connection>> all;
  std::vector<connection*> idle;
  std::deque<job> waiting;
  std::set<std::shared_ptr<net::steady_timer>> pausing;
  bool ended = false;
  std::thread thread;
};

http_connections::http_connections(http::node_access node, std::size_t count, bool replaceable)
    : parts_(std::make_unique<parts>(std::move(node), count, replaceable)) {}

http_connections::~http_connections() = default;

void http_connections::send(http_request it, std::function<void(http_reply)> done, std::chrono::milliseconds after) {
  net::post(parts_->io, [all = parts_.get(), after, mine = job{std::move(it), std::move(done)}]() mutable {
    all->take_later(std::move(mine), after);
  });
}

} // namespace stele::load
