#include "app/http/connection.hpp"

#include "actors/log.hpp"
#include "app/http/problem.hpp"
#include "app/http/target.hpp"
#include "app/http/wire.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <exception>

namespace stele::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t read_bytes = 16384;      // One read; a body comes in pieces of at most this.
constexpr std::size_t out_bytes_max = 1 << 20; // Answers gathered into one write.
constexpr std::int64_t linger_ms = 2000;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

response late_answer(const std::string& method) {
  if (method == "GET") return problem(504, "late", "there was no answer in time; try again");
  return problem(504, "outcome_unknown",
                 "there was no answer in time and nobody can tell whether it was done; send it again with the same "
                 "Idempotency-Key");
}

response no_route(const route_match& match, const std::string& method) {
  if (match.allowed.empty())
    return problem(404, "no_such_path", "nothing answers this path; GET /openapi.json lists what there is");
  std::string methods;
  for (const auto& name : match.allowed) methods += (methods.empty() ? "" : ", ") + name;
  auto out = problem(405, "method_not_allowed", printable(method) + " is not for this path; it takes " + methods);
  out.headers.emplace_back("Allow", methods);
  return out;
}

void count_answer(server_counters& counters, unsigned status) {
  (status < 400 ? counters.answers_2xx : status < 500 ? counters.answers_4xx : counters.answers_5xx)++;
}

} // namespace

struct connection::slot {
  std::optional<std::string> bytes; // The answer, once it is there.
  response late;
  bool head_only = false, closes = false, counted = false;
  steady_clock::time_point since = steady_clock::now();
  timer deadline;

  explicit slot(const net::any_io_executor& on) : deadline(on) {}
};

connection::connection(tcp::socket socket, tcp::endpoint peer, std::shared_ptr<connection_home> home)
    : socket_(std::move(socket)), peer_(std::move(peer)), home_(std::move(home)), read_timer_(socket_.get_executor()),
      write_timer_(socket_.get_executor()),
      buffer_(home_->settings.request_line_bytes_max + home_->settings.header_bytes_max + read_bytes) {}

connection::~connection() {
  for (const auto& it : slots_)
    if (it->counted) --home_->counters->requests_in_work;
  home_->closed(peer_.address());
}

template <class Then>
void connection::arm(timer& it, std::int64_t ms, Then then) {
  it.expires_after(milliseconds(ms));
  it.async_wait([self = shared_from_this(), &it, then](error_code why) {
    // A wait that ended just before it was set anew still comes with success.
    if (!why && it.expiry() <= steady_clock::now()) then(*self);
  });
}

// A wait that has ended and is not heard of yet ends in nothing: its time lies ahead again.
void connection::disarm(timer& it) { it.expires_at(steady_clock::time_point::max()); }

void connection::start() {
  net::dispatch(socket_.get_executor(), [self = shared_from_this()] { self->await_request(); });
}

void connection::turn_away(response why) {
  net::dispatch(socket_.get_executor(), [self = shared_from_this(), why = std::move(why)] { self->refuse(why); });
}

void connection::finish() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    self->no_more_ = true;
    if (self->is_at_rest()) return self->close();
    if (!self->slots_.empty()) self->slots_.back()->closes = true;
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
    if (self->no_more_) return self->lingering_ ? self->discard() : void();
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
  if (no_more_) return lingering_ && !why ? discard() : on_read_error(why);
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
  if (no_more_) return lingering_ && !why ? discard() : on_read_error(why);
  if (why) return on_read_error(why);
  if (!parser_->is_done()) return read_body();
  disarm(read_timer_);
  dispatch(take_head());
  await_request();
}

void connection::on_read_error(error_code why) {
  disarm(read_timer_);
  using beast::http::error;
  if (lingering_) return close();
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

bool connection::fill(request& it, const request_head& head, response& wrong) {
  auto parsed = parse_target(head.target);
  if (const auto* sentence = std::get_if<std::string>(&parsed)) {
    wrong = problem(400, "malformed_target", *sentence);
    return false;
  }
  auto& where = std::get<target>(parsed);
  if (!where.host.empty() && !is_own_host(where.host, home_->settings)) {
    wrong = foreign_host();
    return false;
  }
  it.method = head.method == "HEAD" ? "GET" : head.method;
  it.path = std::move(where.path);
  it.query = std::move(where.query);
  it.headers = head.headers;
  it.body = std::move(parser_->get().body());
  it.from_loopback = peer_.address().is_loopback();
  return true;
}

void connection::dispatch(request_head head) {
  const bool keep_alive = head.version >= 11 && parser_->get().keep_alive();
  const auto mine = open_slot(head.method == "HEAD", keep_alive);
  mine->late = late_answer(head.method);
  request it;
  response wrong;
  if (!fill(it, head, wrong)) return answered(mine, std::move(wrong), false);
  auto match = home_->table.match(it.method, it.path);
  if (!match.found) return answered(mine, no_route(match, head.method), false);
  it.parameters = std::move(match.parameters);
  try {
    match.found->answer(it, reply_to(mine));
  } catch (const std::exception& defect) {
    log(log_level::error, "http: the handler of " + match.found->pattern + " failed: " + printable(defect.what()));
    answered(mine, problem(500, "internal", "the request met a defect; the log of the node has more"), false);
  }
}

connection::slot_ptr connection::open_slot(bool head_only, bool keep_alive) {
  auto it = std::make_shared<slot>(socket_.get_executor());
  it->head_only = head_only;
  it->closes = !keep_alive;
  it->counted = true;
  no_more_ = no_more_ || !keep_alive;
  ++home_->counters->requests_in_work;
  slots_.push_back(it);
  it->deadline.expires_after(milliseconds(home_->settings.answer_ms));
  // The wait keeps the connection alive while nothing is read or written.
  it->deadline.async_wait([self = shared_from_this(), it](error_code why) {
    if (!why) self->answered(it, it->late, false);
  });
  return it;
}

// The answer may come from any thread, also when the connection or the server is gone: it owns nothing of either.
reply connection::reply_to(const slot_ptr& it) {
  return reply([mine = weak_from_this(), place = std::weak_ptr(it)](response what, bool late) {
    const auto self = mine.lock();
    if (!self) return;
    net::dispatch(self->socket_.get_executor(), [mine, place, what = std::move(what), late]() mutable {
      const auto self = mine.lock();
      const auto it = place.lock();
      if (self && it) self->answered(it, std::move(what), late);
    });
  });
}

void connection::answered(const slot_ptr& it, response what, bool late) {
  if (it->bytes) return;
  if (late) {
    it->late = std::move(what);
    return;
  }
  it->deadline.cancel();
  if (it->counted) {
    it->counted = false;
    --home_->counters->requests_in_work;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - it->since).count();
    home_->counters->request_us.add(static_cast<std::uint64_t>(took));
  }
  count_answer(*home_->counters, what.status);
  it->bytes = to_wire(what, !it->closes, it->head_only);
  flush();
}

void connection::refuse(const response& why) {
  if (no_more_ && !slots_.empty() && slots_.back()->closes) return;
  no_more_ = true;
  ++home_->counters->refused_unread;
  auto it = std::make_shared<slot>(socket_.get_executor());
  it->closes = true;
  slots_.push_back(it);
  answered(it, why, false);
}

void connection::flush() {
  if (!out_.empty() || last_answer_) return;
  while (!slots_.empty() && slots_.front()->bytes && !last_answer_ && out_.size() < out_bytes_max) {
    out_ += *slots_.front()->bytes;
    last_answer_ = slots_.front()->closes;
    slots_.pop_front();
  }
  if (!out_.empty()) write_some();
}

void connection::write_some() {
  arm(write_timer_, home_->settings.write_stall_ms, [](connection& c) {
    ++c.home_->counters->timed_out;
    c.close();
  });
  socket_.async_write_some(net::buffer(out_.data() + out_begin_, out_.size() - out_begin_),
                           [self = shared_from_this()](error_code why, std::size_t n) { self->on_written(why, n); });
}

void connection::on_written(error_code why, std::size_t bytes) {
  disarm(write_timer_);
  if (why) return close();
  out_begin_ += bytes;
  if (out_begin_ < out_.size()) return write_some();
  out_.clear();
  out_begin_ = 0;
  if (last_answer_) return linger();
  flush();
  if (!is_at_rest()) return await_request();
  if (no_more_) return linger();
  await_request();
}

// Closing while bytes of the caller are unread would make the kernel take back the answer (a reset), so what still
// comes is read and thrown away for a moment.
void connection::linger() {
  error_code ignored; // A caller that is gone already can't be told.
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  lingering_ = no_more_ = true;
  arm(read_timer_, linger_ms, [](connection& c) { c.close(); });
  if (!reading_) discard();
}

void connection::discard() {
  buffer_.clear();
  reading_ = true;
  socket_.async_read_some(buffer_.prepare(read_bytes), [self = shared_from_this()](error_code why, std::size_t) {
    self->reading_ = false;
    if (why) return self->close();
    self->discard();
  });
}

void connection::close() {
  no_more_ = true;
  disarm(read_timer_);
  disarm(write_timer_);
  for (const auto& it : slots_) it->deadline.cancel();
  error_code ignored; // Closing a socket can't be retried.
  socket_.close(ignored);
}

} // namespace stele::http
