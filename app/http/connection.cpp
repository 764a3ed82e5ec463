#include "app/http/connection.hpp"

#include "actors/log.hpp"
#include "app/http/access.hpp"
#include "app/http/connection_slot.hpp"
#include "app/http/problem.hpp"
#include "app/http/wire.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <utility>

namespace stele::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t read_bytes = 16384; // One read; a body comes in pieces of at most this.

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

} // namespace

connection::connection(tcp::socket socket, tcp::endpoint peer, std::shared_ptr<connection_home> home)
    : socket_(std::move(socket), home->tls), peer_(std::move(peer)), home_(std::move(home)),
      read_timer_(socket_.get_executor()), write_timer_(socket_.get_executor()),
      buffer_(home_->settings.request_line_bytes_max + home_->settings.header_bytes_max + read_bytes) {}

connection::~connection() {
  for (const auto& it : slots_)
    if (it->counted) --home_->counters->requests_in_work;
  home_->closed(peer_.address());
}

// A wait that has ended and is not heard of yet ends in nothing: its time lies ahead again.
void connection::disarm(timer& it) { it.expires_at(steady_clock::time_point::max()); }

void connection::start() {
  net::dispatch(socket_.get_executor(),
                [self = shared_from_this()] { self->socket_.is_tls() ? self->shake_hands() : self->await_request(); });
}

// Whoever is slow, speaks no TLS, or has no certificate where one is asked for, is cut off without a word.
void connection::shake_hands() {
  reading_ = true;
  arm(read_timer_, home_->settings.handshake_ms, [](connection& c) {
    ++c.home_->counters->timed_out;
    c.close();
  });
  socket_.async_handshake(net::ssl::stream_base::server, [self = shared_from_this()](error_code why) {
    self->reading_ = false;
    self->disarm(self->read_timer_);
    if (!why && !self->no_more_) return self->await_request();
    if (why && why != net::error::operation_aborted) {
      ++self->home_->counters->handshakes_failed;
      log(log_level::debug, "http: no TLS with " + self->peer_.address().to_string() + ": " + why.message());
    }
    self->close();
  });
}

void connection::turn_away(response why) {
  if (socket_.is_tls()) return abort(); // A handshake is dear, and there is no room.
  net::dispatch(socket_.get_executor(), [self = shared_from_this(), why = std::move(why)] { self->refuse(why); });
}

void connection::finish() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    self->no_more_ = self->ending_ = true;
    if (self->is_at_rest()) return self->close();
    if (!self->slots_.empty()) self->slots_.back()->closes = true;
    for (const auto& it : self->slots_) it->rest = nullptr;
    if (std::exchange(self->rest_, nullptr) && self->is_at_rest()) self->linger();
  });
}

void connection::abort() {
  net::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
}

void connection::await_request() {
  if (reading_ || no_more_ || slots_.size() >= home_->settings.pipeline_max) return;
  parser_.emplace();
  parser_->header_limit(
      static_cast<std::uint32_t>(home_->settings.request_line_bytes_max + home_->settings.header_bytes_max));
  parser_->body_limit(home_->settings.body_bytes_max);
  if (buffer_.size() > 0) return read_header();
  reading_ = true;
  arm_idle_timer();
  socket_.async_read_some(buffer_.prepare(read_bytes), [self = shared_from_this()](error_code why, std::size_t bytes) {
    self->reading_ = false;
    self->buffer_.commit(bytes);
    if (why) return self->on_read_error(why);
    if (self->no_more_) return self->only_listens() ? self->discard() : void();
    self->read_header();
  });
}

// A caller that waits for its answers is not idle.
void connection::arm_idle_timer() {
  arm(read_timer_, home_->settings.idle_ms, [](connection& c) { c.is_at_rest() ? c.close() : c.arm_idle_timer(); });
}

void connection::read_header() {
  reading_ = true;
  arm(read_timer_, home_->settings.header_ms, [](connection& c) {
    ++c.home_->counters->timed_out;
    c.refuse(problem(408, "header_too_slow", "the header of the request did not come in time"));
  });
  beast::http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code why, std::size_t) {
    self->reading_ = false;
    self->on_header(why);
  });
}

void connection::on_header(error_code why) {
  if (no_more_) return only_listens() && !why ? discard() : on_read_error(why);
  if (why) return on_read_error(why);
  accept_header();
}

request_head connection::take_head() const {
  const auto& message = parser_->get();
  request_head out;
  out.method = message.method_string();
  out.target = message.target();
  out.version = message.version();
  for (const auto& field : message) out.headers.emplace_back(lower_case(field.name_string()), field.value());
  return out;
}

void connection::accept_header() {
  const auto head = take_head();
  if (const auto fault = find_fault(head, home_->settings)) {
    log(log_level::debug, "http: refused the header of " + printable(head.method + ' ' + head.target));
    return refuse(*fault);
  }
  if (!let_in(head)) return;
  if (parser_->is_done()) return on_body({});
  for (const auto& [name, value] : head.headers) {
    if (name != "expect") continue;
    if (!same_name(value, "100-continue"))
      return refuse(problem(417, "unknown_expectation", "the only expectation understood is 100-continue"));
    ask_for_body();
  }
  body_began_ = steady_clock::now();
  body_bytes_ = 0;
  read_body();
}

// Before the body is read: nobody's is kept in memory without a key.
bool connection::let_in(const request_head& head) {
  if (!home_->keys) return true;
  auto outcome = admit(head, home_->table, *home_->keys);
  caller_ = std::move(outcome.caller);
  if (!outcome.denied) return true;
  ++home_->counters->denied;
  refuse(*outcome.denied);
  return false;
}

// The interim answer has its place in the order like any other.
void connection::ask_for_body() {
  auto it = std::make_shared<slot>(socket_.get_executor());
  it->bytes = "HTTP/1.1 100 Continue\r\n\r\n";
  slots_.push_back(std::move(it));
  flush();
}

// The time a body may take grows with what has come of it.
void connection::arm_body_timer() {
  const auto& settings = home_->settings;
  const auto earned =
      settings.body_grace_ms +
      static_cast<std::int64_t>(body_bytes_ * 1000 / std::max<std::size_t>(1, settings.body_bytes_per_second_min));
  const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - body_began_).count();
  arm(read_timer_, std::max<std::int64_t>(0, std::min(earned, settings.body_ms) - spent), [](connection& c) {
    ++c.home_->counters->timed_out;
    c.refuse(problem(408, "body_too_slow", "the body of the request came too slowly"));
  });
}

void connection::read_body() {
  reading_ = true;
  arm_body_timer();
  beast::http::async_read_some(socket_, buffer_, *parser_,
                               [self = shared_from_this()](error_code why, std::size_t bytes) {
                                 self->reading_ = false;
                                 self->body_bytes_ += bytes;
                                 self->on_body(why);
                               });
}

void connection::on_body(error_code why) {
  if (no_more_) return only_listens() && !why ? discard() : on_read_error(why);
  if (why) return on_read_error(why);
  if (!parser_->is_done()) return read_body();
  disarm(read_timer_);
  dispatch(take_head());
  await_request();
}

void connection::on_read_error(error_code why) {
  using beast::http::error;
  // The end of TLS is not yet the end of what is below it; the time of lingering runs on.
  if (lingering_ && socket_.is_tls() && socket_.lower().is_open()) return discard();
  disarm(read_timer_);
  if (only_listens()) return close();
  if (no_more_) return is_at_rest() ? close() : void();
  if (why == error::body_limit)
    return refuse(problem(413, "body_too_large",
                          "the body must be at most " + std::to_string(home_->settings.body_bytes_max) + " bytes"));
  if (why == error::header_limit || why == error::buffer_overflow)
    return refuse(problem(431, "header_too_large",
                          "the header must be at most " + std::to_string(home_->settings.header_bytes_max) + " bytes"));
  const bool malformed = why.category() == beast::http::make_error_code(error::end_of_stream).category() &&
                         why != error::end_of_stream && why != error::partial_message;
  if (malformed) return refuse(problem(400, "malformed_request", "not an HTTP/1.1 request: " + why.message()));
  // The caller is gone, or will only listen from now on.
  no_more_ = true;
  const bool listens = why == error::end_of_stream || why == net::error::eof;
  if (!listens || is_at_rest()) close();
}

} // namespace stele::http
