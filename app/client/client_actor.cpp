#include "app/client/client_actor.hpp"

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "app/client/attempt.hpp"
#include "app/client/connector.hpp"
#include "app/gateway/protocol_codec.hpp"
#include "persistence/rising_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/rtti_pair.hpp>

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace stele {

namespace {

/// To itself, while requests are open: times have come.
struct look_around {};
constexpr std::chrono::milliseconds look_around_pause{10};

const std::string* token_of(const response& it) {
  if (const auto* done = std::get_if<accepted>(&it)) return &done->token;
  if (const auto* rows = std::get_if<found>(&it)) return &rows->token;
  return nullptr;
}

refusal too_large(std::size_t bytes, std::size_t bytes_max) {
  return {refusal_kind::too_large,
          "request_too_large",
          "The request takes " + std::to_string(bytes) + " bytes, the limit is " + std::to_string(bytes_max) +
              ": nothing was done.",
          {}};
}

} // namespace

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::look_around)

namespace stele {

namespace {

using completion = std::function<void(const response&)>;

/// Nothing was done, nor will be by this server: it is ending.
bool is_closing(const response& it) {
  const auto* why = std::get_if<refusal>(&it);
  return why && why->code == "closing";
}

class client_actor : public caf::event_based_actor {
public:
  client_actor(caf::actor_config& config, client_options options, std::shared_ptr<client_session> seen)
      : caf::event_based_actor(config), options_(std::move(options)), seen_(std::move(seen)),
        connection_(*this, options_) {}
  const char* name() const override { return "stele.client"; }
  caf::behavior make_behavior() override;

private:
  struct entry {
    attempts tries;
    completion done;
  };

  template <class Value, class Request>
  caf::result<outcome<Value>> answer(Request it);
  void take(stele::request it, completion done);
  void complete(stele::request& it);
  std::int64_t wait_ms(const stele::request& it) const;
  void pump();
  void on_answer(const from_server& it);
  void on_lost(const link_lost& it);
  void leave_server();
  void send_again_what_was_in_flight();
  void on_look_around();
  void finish(std::uint64_t number, const stele::response& it);
  void close(const caf::error& why);

  std::int64_t now_us() const { return system_clock().steady_us(); }
  std::uint64_t chance() const { return system_random().next(); }

  const client_options options_;
  const std::shared_ptr<client_session> seen_;
  connector connection_;
  std::unordered_map<std::uint64_t, entry> open_;
  std::deque<std::uint64_t> ready_; ///< In the order they go out. Some may be gone.
  std::size_t in_flight_ = 0;
  rising_ids ids_;
  std::uint64_t last_number_ = 0;
  bool looking_around_ = false;
};

caf::behavior client_actor::make_behavior() {
  set_default_handler(caf::drop);
  set_exit_handler([this](caf::exit_msg& it) { close(it.reason); });
  connection_.want(now_us());
  return {[this](command_request& it) { return answer<accepted>(std::move(it)); },
          [this](lookup_request& it) { return answer<found>(std::move(it)); },
          [this](query_request& it) { return answer<found>(std::move(it)); },
          [this](state_request& it) { return answer<past_state>(std::move(it)); },
          [this](all_events_request& it) { return answer<found_events>(std::move(it)); },
          [this](hello_request& it) { return answer<server_info>(std::move(it)); },
          [this](client_call& it) { take(std::move(it.what), std::move(it.done)); },
          [this](const from_server& it) { on_answer(it); },
          [this](const link_up& it) {
            if (connection_.up(it)) pump();
          },
          [this](const link_lost& it) { on_lost(it); },
          [this](call_ended& it) { connection_.called(it, now_us(), chance()); },
          [this](const look_around&) { on_look_around(); }};
}

template <class Value, class Request>
caf::result<outcome<Value>> client_actor::answer(Request it) {
  auto promise = make_response_promise();
  take(std::move(it), [promise](const stele::response& how) mutable { promise.deliver(outcome_of<Value>(how)); });
  return promise;
}

void client_actor::take(stele::request it, completion done) {
  if (open_.size() >= options_.in_flight_max + options_.waiting_max)
    return done(refusal{refusal_kind::client_limit,
                        "too_many_waiting",
                        "This client holds " + std::to_string(open_.size()) +
                            " requests, which is its limit: nothing was done; wait for answers.",
                        {}});
  complete(it);
  const auto number = ++last_number_;
  const auto wait = wait_ms(it);
  open_.emplace(number, entry{attempts{std::move(it), now_us(), wait}, std::move(done)});
  ready_.push_back(number);
  if (!looking_around_) {
    looking_around_ = true;
    delayed_send(this, look_around_pause, look_around{});
  }
  connection_.want(now_us());
  pump();
}

/// What callers may leave out.
void client_actor::complete(stele::request& it) {
  if (auto* command = std::get_if<command_request>(&it); command && command->command_id == uuid{})
    command->command_id = ids_.next(system_clock().now(), chance());
  if (!options_.read_your_writes) return;
  if (auto* lookup = std::get_if<lookup_request>(&it)) lookup->after = seen_->after(lookup->after);
  if (auto* query = std::get_if<query_request>(&it)) query->after = seen_->after(query->after);
}

std::int64_t client_actor::wait_ms(const stele::request& it) const {
  return std::visit(
      [this](const auto& asked) -> std::int64_t {
        if constexpr (requires { asked.timeout_ms; })
          return asked.timeout_ms;
        else
          return options_.connect_timeout_ms;
      },
      it);
}

/// Sends what may go.
void client_actor::pump() {
  while (connection_.connected() && in_flight_ < options_.in_flight_max && !ready_.empty()) {
    const auto number = ready_.front();
    ready_.pop_front();
    const auto found = open_.find(number);
    if (found == open_.end()) continue;
    auto bytes = encode_request(found->second.tries.begin(now_us()));
    ++in_flight_;
    if (bytes.size() > options_.frame_bytes_max)
      finish(number, too_large(bytes.size(), options_.frame_bytes_max));
    else
      connection_.send(number, std::move(bytes));
  }
}

void client_actor::on_answer(const from_server& it) {
  const auto found = open_.find(it.request);
  if (found == open_.end() || !connection_.is_present(it.link)) return;
  auto& tries = found->second.tries;
  if (tries.stage() != attempt_stage::in_flight) return;
  auto decoded = decode_response(it.bytes.bytes);
  auto* broken = std::get_if<refusal>(&decoded);
  const auto how = broken ? stele::response{std::move(*broken)} : std::move(std::get<stele::response>(decoded));
  const auto pause = pause_ms(tries.failures(), options_.backoff_ms_min, options_.backoff_ms_max, chance());
  if (tries.answered(how, now_us(), pause))
    finish(it.request, how);
  else
    --in_flight_;
  if (is_closing(how)) leave_server();
  pump();
}

/// It takes nothing more, and answers what it has no sooner than another one.
void client_actor::leave_server() {
  connection_.leave(now_us());
  send_again_what_was_in_flight();
}

/// What was in flight goes first on the next connection, in the order it came.
void client_actor::on_lost(const link_lost& it) {
  if (!connection_.lost(it, now_us(), chance())) return;
  send_again_what_was_in_flight();
  if (!open_.empty()) connection_.want(now_us());
}

void client_actor::send_again_what_was_in_flight() {
  std::vector<std::uint64_t> again;
  for (auto& [number, asked] : open_) {
    if (asked.tries.stage() != attempt_stage::in_flight) continue;
    asked.tries.lost();
    again.push_back(number);
  }
  in_flight_ = 0;
  std::sort(again.begin(), again.end());
  ready_.insert(ready_.begin(), again.begin(), again.end());
}

void client_actor::on_look_around() {
  const auto now = now_us();
  std::vector<std::uint64_t> expired;
  for (auto& [number, asked] : open_) {
    const auto before = asked.tries.stage();
    asked.tries.wake(now);
    if (asked.tries.expired(now))
      expired.push_back(number);
    else if (before != asked.tries.stage())
      ready_.push_back(number);
  }
  for (const auto number : expired) finish(number, open_.at(number).tries.farewell(connection_.fault()));
  looking_around_ = !open_.empty();
  if (!looking_around_) return;
  connection_.want(now);
  pump();
  delayed_send(this, look_around_pause, look_around{});
}

void client_actor::finish(std::uint64_t number, const stele::response& it) {
  const auto found = open_.find(number);
  if (found->second.tries.stage() == attempt_stage::in_flight) --in_flight_;
  if (const auto* token = token_of(it)) seen_->learn(*token);
  const auto done = std::move(found->second.done);
  open_.erase(found);
  done(it);
}

void client_actor::close(const caf::error& why) {
  while (!open_.empty()) {
    const auto number = open_.begin()->first;
    finish(number, open_.at(number).tries.farewell("The client was closed."));
  }
  connection_.close();
  quit(why);
}

} // namespace

/// A server sends a heartbeat each second, or as often as a fifth of its `gateway.silence-ms-max` is.
void prepare_for_clients(caf::actor_system_config& config) {
  constexpr std::int64_t silence_ms_max = 2500;
  gateway::prepare_system(config, silence_ms_max);
}

caf::actor spawn_client(caf::actor_system& system, client_options options, std::shared_ptr<client_session> seen) {
  if (!system.has_middleman() || system.types().portable_name(caf::make_rtti_pair<frame>()) != "stele::frame")
    throw std::logic_error("The actor system can't have clients: call stele::prepare_for_clients on its config.");
  if (!seen) seen = std::make_shared<client_session>();
  return system.spawn<client_actor>(std::move(options), std::move(seen));
}

} // namespace stele
