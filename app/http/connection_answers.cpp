#include "actors/log.hpp"
#include "actors/trace.hpp"
#include "app/http/access.hpp"
#include "app/http/call.hpp"
#include "app/http/connection.hpp"
#include "app/http/connection_slot.hpp"
#include "app/http/problem.hpp"
#include "app/http/target.hpp"
#include "app/http/wire.hpp"

#include <boost/asio/dispatch.hpp>

#include <exception>

namespace stele::http {

namespace net = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t out_bytes_max = 1 << 20; // Answers gathered into one write.
constexpr std::size_t discard_bytes = 16384;   // Thrown away at a time.
constexpr std::int64_t linger_ms = 2000;

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
  it.may_administer = home_->keys ? caller_ != nullptr : peer_.address().is_loopback(); // `let_in` knows the role.
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
  if (caller_ && role_needed(*match.found) == security::role::admin)
    log(log_level::info, "http: " + it.method + ' ' + printable(head.target) + " by key " + caller_->id + " (" +
                             printable(caller_->name) + ')');
  try {
    match.found->answer(it, reply_to(mine));
  } catch (const std::exception& defect) {
    log(log_level::error, "http: the handler of " + match.found->pattern + " failed: " + printable(defect.what()) +
                              trace_note(read_metadata(it)));
    answered(mine, problem(500, "internal", "the request met a defect; the log of the node has more"), false);
  }
}

connection::slot_ptr connection::open_slot(bool head_only, bool keep_alive) {
  auto it = std::make_shared<slot>(socket_.get_executor());
  it->head_only = head_only;
  it->closes = !keep_alive;
  it->counted = true;
  it->caller = caller_;
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
  if (what.rest) {
    it->closes = no_more_ = true; // What the caller asked behind it is not answered.
    if (!it->head_only && !ending_) it->rest = what.rest;
  }
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
  if (!out_.empty() || last_answer_ || rest_) return;
  while (!slots_.empty() && slots_.front()->bytes && !last_answer_ && !rest_ && out_.size() < out_bytes_max) {
    out_ += *slots_.front()->bytes;
    rest_ = std::move(slots_.front()->rest);
    rest_caller_ = slots_.front()->caller;
    last_answer_ = slots_.front()->closes && !rest_;
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
  if (rest_) return pull();
  flush();
  if (!is_at_rest()) return await_request();
  if (no_more_) return linger();
  await_request();
}

// Reads beside, since nothing else tells that the caller has gone.
void connection::pull() {
  disarm(read_timer_);
  if (!reading_) discard();
  rest_->next([mine = weak_from_this()](std::optional<std::string> piece) {
    const auto self = mine.lock();
    if (!self) return;
    net::post(self->socket_.get_executor(), [mine, piece = std::move(piece)]() mutable {
      if (const auto self = mine.lock()) self->take_piece(std::move(piece));
    });
  });
}

void connection::take_piece(std::optional<std::string> piece) {
  if (!rest_) return; // Ended meanwhile.
  if (!is_still_let_in()) piece = std::nullopt;
  if (piece && !piece->empty()) {
    out_ = std::move(*piece);
    return write_some();
  }
  if (piece) return pull();
  rest_ = nullptr;
  linger();
}

// A key that was taken back ends also what was asked before.
bool connection::is_still_let_in() const { return !rest_caller_ || home_->keys->still_good(*rest_caller_, key_time()); }

// Closing while bytes of the caller are unread would make the kernel take back the answer (a reset), so what still
// comes is read and thrown away for a moment.
void connection::linger() {
  if (lingering_) return;
  lingering_ = no_more_ = true;
  arm(read_timer_, linger_ms, [](connection& c) { c.close(); });
  socket_.end_sending([self = shared_from_this()] {
    error_code ignored; // A caller that is gone already can't be told.
    self->socket_.lower().shutdown(tcp::socket::shutdown_send, ignored);
  });
  if (!reading_) discard();
}

void connection::discard() {
  buffer_.clear();
  reading_ = true;
  const bool last = socket_.has_ended_sending(); // An end of TLS is not yet one of the bytes below it.
  socket_.async_read_some(buffer_.prepare(discard_bytes),
                          [self = shared_from_this(), last](error_code why, std::size_t) {
                            self->reading_ = false;
                            if (why && (last || !self->socket_.has_ended_sending())) return self->close();
                            self->discard();
                          });
}

void connection::close() {
  no_more_ = true;
  disarm(read_timer_);
  disarm(write_timer_);
  rest_ = nullptr;
  for (const auto& it : slots_) it->deadline.cancel();
  error_code ignored; // Closing a socket can't be retried.
  socket_.lower().close(ignored);
}

} // namespace stele::http
