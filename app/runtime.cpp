#include "app/runtime.hpp"

#include "actors/log.hpp"
#include "actors/node.hpp"
#include "actors/scheduler.hpp"
#include "app/cluster/cluster_place.hpp"
#include "app/cluster/cluster_tls.hpp"
#include "app/logging.hpp"
#include "app/signals.hpp"
#include "app/time_limit.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <limits>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace stele {

namespace {

// One core is left to the threads of stores and doors, and to PostgreSQL where it runs on the same machine. CAF's own
// default is four at least: on two cores they wake each other over one queue.
std::size_t threads_for_this_machine() { return std::max(2U, std::thread::hardware_concurrency()) - 1; }

struct caf_options : caf::actor_system_config {
  explicit caf_options(const config& it) {
    use_own_scheduler(*this, it.scheduler_threads != 0 ? it.scheduler_threads : threads_for_this_machine(),
                      it.scheduler_messages_max);
  }
};

refusal not_running(const std::string& why) { return {refusal_kind::unavailable, "not_running", why, {}}; }

template <class Types>
std::optional<std::string> doubled(const Types& types, const char* kind) {
  std::set<std::string_view> names;
  for (const auto& it : types)
    if (!names.insert(it->name()).second)
      return std::string("the ") + kind + " '" + std::string(it->name()) + "' is registered twice; keep one";
  return std::nullopt;
}

std::optional<std::string> folds_of_nobody(const view_type& view, const registry& hosted) {
  std::istringstream aggregates(view.definition().aggregate);
  for (std::string name; std::getline(aggregates, name, ',');)
    if (hosted.aggregate(name) == nullptr)
      return "the view '" + std::string(view.name()) + "' folds events of '" + name +
             "', which nobody hosts; call host for it";
  return std::nullopt;
}

// What registration can get wrong, as a sentence.
std::optional<std::string> wrong_with(const registry& hosted) {
  if (auto why = doubled(hosted.aggregates, "aggregate")) return why;
  if (auto why = doubled(hosted.views, "view")) return why;
  if (auto why = doubled(hosted.queries, "query")) return why;
  for (const auto& it : hosted.views)
    if (auto why = folds_of_nobody(*it, hosted)) return why;
  for (const auto& it : hosted.queries)
    if (hosted.view(it->view()) == nullptr)
      return "the query '" + std::string(it->name()) + "' asks the view '" + std::string(it->view()) +
             "', which is not there; call project for it";
  return std::nullopt;
}

constexpr std::size_t history_page = 1000;
constexpr std::int64_t send_ms_max = 30'000;
constexpr int ready_look_ms = 2; ///< Between looks at a node that starts.
constexpr std::chrono::seconds ready_limit(60);
constexpr std::int64_t dead_ms_max = 1000;
constexpr int taken_over_code = 3;

// Calls `ask` with a way to answer and blocks until it was taken.
template <class Answer, class Ask>
Answer wait_for(Ask ask) {
  auto promise = std::make_shared<std::promise<Answer>>();
  auto answer = promise->get_future();
  ask([promise](Answer it) { promise->set_value(std::move(it)); });
  return answer.get();
}

template <class T>
answered<T> to_answered(std::variant<T, refusal> outcome) {
  if (auto* why = std::get_if<refusal>(&outcome)) return std::move(*why);
  return std::move(std::get<T>(outcome));
}

} // namespace

struct runtime::parts {
  explicit parts(config it) : settings(std::move(it)) {}

  config settings;
  registry hosted;
  std::vector<route_adder> adders;
  std::once_flag started, waited, joined;
  bool in_time = false;
  std::optional<std::string> failed;
  // In the order they are made; the last goes first.
  std::unique_ptr<store> storage;
  std::unique_ptr<caf_options> options;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<cluster::cluster_place> place; ///< Null: the node is alone.
  std::unique_ptr<node> shop;
  std::atomic<bool> dead{false}; ///< Another node has taken over from this one.

  // In a thread that ends at once: CAF waits, when an actor system goes, for the end of every thread that spawned in
  // it, and whoever makes the first call may live longer than the runtime.
  std::optional<std::string> open_once() {
    std::call_once(started, [this] { std::thread([this] { failed = open(); }).join(); });
    return failed;
  }

  std::optional<std::string> open() {
    if (auto why = wrong_with(hosted)) return why;
    if (settings.cluster.enabled)
      if (auto why = cluster::wrong_with_authority(settings.cluster,
                                                   {{"gateway.client-authority", settings.gateway.tls.authority},
                                                    {"http.client-authority", settings.http.client_authority}}))
        return why;
    store_options where = settings.store;
    where.node = settings.node_name;
    where.clustered = settings.cluster.enabled;
    where.lease = std::chrono::milliseconds(settings.cluster.lease_ms);
    where.warn = [](const std::string& sentence) { log(log_level::warning, sentence); };
    auto opened = open_store(where);
    if (!opened) return opened.error().what;
    storage = std::move(*opened);
    options = std::make_unique<caf_options>(settings);
    system = std::make_unique<caf::actor_system>(*options);
    if (auto why = open_place()) return why;
    node_parts made_of{*system, *storage, hosted, settings.actors};
    made_of.members = storage->membership();
    if (place) made_of.peers = &place->peers();
    made_of.cluster = cluster::membership_settings_of(settings.cluster);
    made_of.on_dead = [this](const std::string&) {
      dead = true;
      end_now();
    };
    shop = std::make_unique<node>(std::move(made_of));
    if (place) place->serve(*shop);
    return std::nullopt;
  }

  std::optional<std::string> open_place() {
    membership_store* const members = storage->membership();
    if (!members) return std::nullopt;
    auto opened =
        cluster::open_cluster_place(settings.cluster, storage->events().identity().history, members->me(), hosted);
    if (auto* why = std::get_if<std::string>(&opened)) return std::move(*why);
    place = std::move(std::get<std::unique_ptr<cluster::cluster_place>>(opened));
    return std::nullopt;
  }

  // Once: when its doors are open, or when it turns out to have none.
  void join(std::string gateway, std::string http) {
    if (!place) return;
    std::call_once(joined, [&] {
      shop->join({place->address(), std::move(gateway), std::move(http), settings.cluster.weight,
                  cluster::cluster_place::build()});
    });
  }

  answered<found_rows> ask(const query_ptr& it) {
    return to_answered(wait_for<query_outcome>([&](auto answer) {
      it->answer = answer;
      shop->ask(it);
    }));
  }

  // False when a signal came first, or the limit.
  bool wait_until_ready(std::chrono::milliseconds limit) {
    const auto give_up = std::chrono::steady_clock::now() + limit;
    while (!shop->ready())
      if (wait_for_end(ready_look_ms) || std::chrono::steady_clock::now() > give_up) return false;
    return true;
  }

  // Closes the doors, finishes what is in work, closes the rest. What takes longer than it may is cut off: whatever was
  // answered is on disk, so ending the process loses nothing of it.
  int end(doors& them) {
    if (dead) return end_dead(them);
    const time_limit limit(settings.drain_ms_max, 1,
                           "not everything that was accepted was finished; what was answered is on disk "
                           "(node.drain-ms-max allows more)");
    give_away();
    log(log_level::info, "ending: no more is taken, what was accepted is finished");
    them.stop_accepting();
    const bool written = drain();
    them.close(std::chrono::milliseconds(settings.drain_ms_max / 4));
    close();
    log(log_level::info, written ? "ended: everything that was accepted is done"
                                 : "ended: every command is done; views are behind and go on at the next start");
    return 0;
  }

  // Nothing this node still holds may be written; its callers hear so and ask another one. Calls to a database that
  // can't be reached from here are not waited for.
  int end_dead(doors& them) {
    const time_limit limit(dead_ms_max, taken_over_code, "the database does not answer; nothing more may be written");
    them.stop_accepting();
    them.close(std::chrono::milliseconds(0));
    close();
    return taken_over_code;
  }

  // The others get its shards while it still takes commands, which follow them.
  void give_away() {
    if (!place) return;
    log(log_level::info, "ending: the other nodes get this one's shards");
    auto promise = std::make_shared<std::promise<void>>();
    auto given = promise->get_future();
    shop->give_away([promise] { promise->set_value(); });
    given.wait_for(std::chrono::milliseconds(settings.drain_ms_max / 2));
  }

  // Waits until every accepted command is answered, and half of the time for views to be written. True when both are;
  // a view that is far behind, as after an import, goes on where it was when the node starts again.
  bool drain() {
    auto drained = std::make_shared<std::promise<void>>();
    auto over = drained->get_future();
    shop->drain([drained] { drained->set_value(); });
    const std::chrono::milliseconds half(settings.drain_ms_max / 2);
    if (over.wait_for(half) == std::future_status::ready) return true;
    if (shop->counters().commands_in_flight == 0) return false;
    return over.wait_for(half) == std::future_status::ready;
  }

  // The order matters: an actor must not outlive the node, nor the node the actor system.
  void close() {
    if (place) place->stop();
    shop.reset();
    place.reset();
    system.reset();
    storage.reset();
  }
};

void throw_exception_from_error(const refusal& why, const boost::source_location&) {
  throw std::runtime_error(std::string(to_string(why.kind)) + ' ' + why.code + ": " + why.message);
}

runtime::runtime(config settings) : parts_(std::make_unique<parts>(std::move(settings))) {
  set_up_logging(parts_->settings.node_name, parts_->settings.log_level);
}

runtime::~runtime() {
  if (!parts_->shop) return;
  parts_->give_away();
  if (!parts_->drain()) log(log_level::warning, "ended before everything that was accepted was in the views");
  parts_->close();
}

void runtime::add(std::shared_ptr<const aggregate_type> it) { parts_->hosted.aggregates.push_back(std::move(it)); }
void runtime::add(std::shared_ptr<const view_type> it) { parts_->hosted.views.push_back(std::move(it)); }
void runtime::add(std::shared_ptr<const query_type> it) { parts_->hosted.queries.push_back(std::move(it)); }
void runtime::add_routes(route_adder adder) { parts_->adders.push_back(std::move(adder)); }

const registry& runtime::hosted() const { return parts_->hosted; }
const config& runtime::settings() const { return parts_->settings; }

std::optional<std::string> runtime::start() {
  if (auto why = parts_->open_once()) return why;
  parts_->join({}, {});
  std::call_once(parts_->waited, [this] { parts_->in_time = parts_->wait_until_ready(ready_limit); });
  return parts_->in_time ? std::nullopt : std::optional<std::string>("the node did not get ready; its log says why");
}

answered<acceptance> runtime::send(std::string stream_id, std::string type, std::string body,
                                   const send_options& options) {
  if (auto why = start()) return not_running(*why);
  auto& shop = *parts_->shop;
  command_ptr it(new command);
  it->stream_id = std::move(stream_id);
  it->type = std::move(type);
  it->body = std::move(body);
  it->command_id = options.command_id.value_or(uuid{});
  it->expected_version = options.expected_version;
  it->deadline = shop.time().now() + options.timeout_ms.value_or(send_ms_max);
  return to_answered(wait_for<command_outcome>([&](auto answer) {
    it->answer = answer;
    shop.submit(it);
  }));
}

answered<found_rows> runtime::find(std::string view, std::string key, const token& after) {
  query_ptr it(new stele::query);
  it->view = std::move(view);
  it->key = std::move(key);
  it->after = after;
  if (auto why = start()) return not_running(*why);
  return parts_->ask(it);
}

answered<found_rows> runtime::query(std::string name, std::string parameters_json, const token& after) {
  query_ptr it(new stele::query);
  it->name = std::move(name);
  it->parameters = std::move(parameters_json);
  it->after = after;
  if (auto why = start()) return not_running(*why);
  return parts_->ask(it);
}

answered<std::vector<recorded_event>> runtime::history(const std::string& stream_id) {
  using events = std::vector<recorded_event>;
  if (auto why = start()) return not_running(*why);
  events all;
  for (;;) {
    auto page = to_answered(wait_for<std::variant<events, refusal>>(
        [&](auto answer) { parts_->shop->history(stream_id, all.size(), history_page, answer); }));
    const bool ended = !page && page.error().kind == refusal_kind::not_found && !all.empty();
    if (!page && !ended) return page;
    if (ended || page->empty()) return all;
    all.insert(all.end(), std::make_move_iterator(page->begin()), std::make_move_iterator(page->end()));
  }
}

token runtime::token_of(const acceptance& it) const {
  return make_token(parts_->shop->identity().history, it.shard, it.position);
}

node& runtime::running_node() { return *parts_->shop; }
caf::actor_system& runtime::system() { return *parts_->system; }

int runtime::run() {
  take_signals();
  doors open;
  auto why = parts_->open_once();
  if (!why) why = open.open(*parts_->shop, parts_->settings, parts_->adders);
  if (why) {
    std::fprintf(stderr, "%s\n", why->c_str());
    return 1;
  }
  parts_->join(open.gateway_endpoint(), open.http_endpoint());
  if (parts_->wait_until_ready(std::chrono::hours(24 * 365))) {
    std::printf("ready http=%s gateway=%s\n", open.http_endpoint().c_str(), open.gateway_endpoint().c_str());
    std::fflush(stdout);
    wait_for_end();
  }
  return parts_->end(open);
}

} // namespace stele
