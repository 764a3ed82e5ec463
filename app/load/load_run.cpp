#include "app/load/load_run.hpp"

#include "app/load/load_actor.hpp"
#include "app/load/pacer.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <cmath>
#include <thread>

namespace stele::load {

namespace {

constexpr std::int64_t second_ms = 1000;
constexpr std::size_t hot_commands_max = 1000;

class run {
public:
  run(const load_surroundings& around, const load_settings& settings)
      : around_(around), settings_(settings),
        orders_(std::max(settings.orders == 0 ? settings.actors : settings.orders, settings.actors), settings.zipf),
        desk_(std::make_shared<load_desk>(around.node, around.history, settings.in_flight_max, slots_of(0),
                                          settings.zipf)) {
    // CAF waits, when an actor system goes, for every thread that spawned in it: so it is one that ends at once.
    std::thread([this] { spawn(); }).join();
  }

  ~run() {
    for (const auto& each : clients_) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    if (hot_) caf::anon_send_exit(hot_, caf::exit_reason::user_shutdown);
    desk_->alive.wait_until_empty(settings_.wait_ms_max);
  }

  load_result result() {
    begin_ns_ = now_ns();
    each_client<prepare>("preparing", true);
    result_.prepared_s = since_begin();
    result_.prepared = desk_->operations;
    begin_ns_ = now_ns();
    from_ns_ = begin_ns_;
    result_.nodes = around_.node.nodes();
    if (!stopped()) settings_.closed ? closed_loop() : open_loop();
    finish();
    return std::move(result_);
  }

private:
  std::size_t slots_of(std::size_t client) const {
    return (orders_.count() + settings_.actors - 1 - client) / settings_.actors;
  }

  client_settings client(std::size_t number) const {
    client_settings it;
    it.run = settings_.run;
    it.number = static_cast<std::uint32_t>(number);
    it.seed = settings_.seed;
    it.kinds = settings_.kinds;
    it.hot = number == settings_.actors;
    it.slots = it.hot ? 1 : slots_of(number);
    if (it.hot) it.commands_max = hot_commands_max;
    it.kept_max = settings_.check_max / (settings_.actors + 1);
    return it;
  }

  void spawn() {
    for (std::size_t i = 0; i < settings_.actors; ++i) clients_.push_back(spawn_client(i));
    if (settings_.hot_share > 0) hot_ = spawn_client(settings_.actors);
  }

  caf::actor spawn_client(std::size_t number) {
    desk_->alive.enter();
    return around_.system.spawn<load_actor>(desk_, client(number));
  }

  double since_begin() const { return static_cast<double>(now_ns() - begin_ns_) / 1e9; }

  void show(const char* phase, std::optional<second> last = std::nullopt) {
    shown_ns_ = now_ns();
    around_.show({phase, since_begin(), std::move(last), desk_->operations, desk_->gate.inside(), desk_->any_wrong()});
  }

  // Has every client do something, as many at a time as the gate lets through. Gives up when nothing moves any more.
  template <class Message>
  void each_client(const char* phase, bool may_stop) {
    auto everybody = clients_;
    if (hot_) everybody.push_back(hot_);
    for (const auto& each : everybody) {
      if (may_stop && stopped()) break;
      if (!moving(phase, [this] { return desk_->gate.enter_within(second_ms); })) return;
      caf::anon_send(each, Message{});
      if (now_ns() - shown_ns_ > second_ms * 1'000'000) show(phase);
    }
    moving(phase, [this] { return desk_->gate.wait_until_empty(second_ms); });
  }

  // Tries, a second each time, as long as operations go on. True when it came about.
  template <class Try>
  bool moving(const char* phase, Try attempt) {
    std::int64_t idle_ms = 0;
    for (auto before = desk_->operations.load(); idle_ms < settings_.wait_ms_max; before = desk_->operations) {
      if (attempt()) return true;
      show(phase);
      idle_ms = desk_->operations == before ? idle_ms + second_ms : 0;
    }
    return false;
  }

  bool stopped() { return result_.interrupted = result_.interrupted || around_.stop(0); }

  void open_loop() {
    const schedule times(begin_ns_, settings_.rate);
    pacer paced(*desk_, {clients_, hot_, settings_.hot_share, settings_.seed}, orders_, times);
    const auto from_ns = begin_ns_ + static_cast<std::int64_t>(settings_.warm_up_s * 1e9);
    run_seconds(from_ns, [&] { return paced.behind_ms(); });
    paced.stop();
    const auto end_ns = result_.interrupted ? now_ns() : end_of(from_ns);
    const auto before = times.due_by(from_ns - 1);
    const auto due = times.due_by(end_ns);
    result_.scheduled = due > before ? due - before : 0;
    result_.not_sent = due > paced.sent() ? std::min(due - paced.sent(), result_.scheduled) : 0;
  }

  std::int64_t end_of(std::int64_t from_ns) const {
    return from_ns + static_cast<std::int64_t>(settings_.duration_s * 1e9);
  }

  // So many callers as actors. Those of the hot order are all of one client: only it knows that order.
  void closed_loop() {
    const auto callers = static_cast<double>(clients_.size());
    const auto hot =
        hot_ ? std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(callers * settings_.hot_share))) : 0;
    for (std::size_t i = hot; i < clients_.size(); ++i)
      if (desk_->gate.enter()) caf::anon_send(clients_[i], call{1});
    for (std::size_t i = 0; i < hot; ++i) desk_->gate.enter();
    if (hot_) caf::anon_send(hot_, call{hot});
    run_seconds(begin_ns_ + static_cast<std::int64_t>(settings_.warm_up_s * 1e9), [] { return 0.0; });
    for (const auto& each : clients_) caf::anon_send(each, hang_up{});
    if (hot_) caf::anon_send(hot_, hang_up{});
  }

  template <class Behind>
  void run_seconds(std::int64_t from_ns, Behind behind) {
    desk_->notes.measure_from(from_ns, result_.nodes.size());
    from_ns_ = from_ns;
    for (auto last = begin_ns_; last < end_of(from_ns) && !result_.interrupted;) {
      around_.node.lags([desk = desk_](std::vector<view_lag> it) { desk->notes.add(std::move(it)); });
      const auto next = std::min(last + second_ms * 1'000'000, end_of(from_ns));
      result_.interrupted = around_.stop(std::max<std::int64_t>(0, (next - now_ns() + 999'999) / 1'000'000));
      const auto now = now_ns();
      second it;
      it.at_s = since_begin();
      it.in_flight = desk_->gate.inside();
      it.behind_ms = behind();
      it.warm_up = last < from_ns;
      it = desk_->notes.end_second(std::move(it), static_cast<double>(std::max<std::int64_t>(now - last, 1)) / 1e9);
      show(it.warm_up ? "warming up" : "measuring", it);
      last = now;
    }
    desk_->notes.measure_until(now_ns());
  }

  void finish() {
    for (std::int64_t waited_ms = 0; waited_ms < settings_.wait_ms_max; waited_ms += second_ms) {
      if (desk_->gate.wait_until_empty(second_ms)) break;
      show("waiting");
    }
    if (desk_->gate.inside() == 0) each_client<check>("checking", false);
    result_.unanswered = desk_->gate.inside();
    result_.measured = desk_->notes.all();
    result_.measured_s = static_cast<double>(std::max<std::int64_t>(result_.measured.last_ns - from_ns_, 0)) / 1e9;
    result_.operations = desk_->operations;
    result_.orders_checked = desk_->orders_checked;
    result_.unresolved = desk_->unresolved;
    result_.wrong = desk_->findings();
  }

  const load_surroundings& around_;
  const load_settings& settings_;
  const zipf orders_;
  const std::shared_ptr<load_desk> desk_;
  std::vector<caf::actor> clients_;
  caf::actor hot_;
  std::int64_t begin_ns_ = 0, from_ns_ = 0, shown_ns_ = 0;
  load_result result_;
};

} // namespace

load_result run_load(const load_surroundings& around, const load_settings& settings) {
  return run(around, settings).result();
}

} // namespace stele::load
