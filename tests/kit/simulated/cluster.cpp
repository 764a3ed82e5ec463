#include "tests/kit/simulated/cluster.hpp"

#include "actors/log.hpp"
#include "tests/kit/simulated/disturbances.hpp"
#include "tests/kit/simulated/mortal_aggregate.hpp"

#include <algorithm>
#include <chrono>

namespace stele::simulated {

using kit::rare;
using kit::simulated_node;

namespace {

constexpr std::size_t nodes_max = 10, nodes_in_all = 14;
constexpr int steps_per_healing_tick = 200;
constexpr std::int64_t healing_tick_ms = 10;

/// How long a healed cluster may take: leases end, what hung is taken over, patience and pauses run out.
std::int64_t healing_ms(const plan& it) { return 2 * it.lease_ms + 12'000; }

registry hosted_in(const plan& it, const domain& of, std::uint32_t release) {
  registry all;
  for (const auto& type : of.hosted.aggregates) all.aggregates.push_back(std::make_shared<mortal_aggregate>(type));
  if (it.reads) all.views = release > 1 && of.views_of ? of.views_of(release) : of.hosted.views;
  if (!it.keyed) std::erase_if(all.views, [](const auto& view) { return view->keys() != nullptr; });
  return all;
}

/// Leases are trusted for nine tenths of their time, so a clock may be wrong by a little.
kit::clock_error clock_of(const plan& it, std::size_t node) {
  if (!it.clocks_differ) return {};
  dice choice(it.seed * 31 + node);
  const auto between = [&](std::int64_t most) {
    return static_cast<std::int64_t>(choice.below(static_cast<std::size_t>(2 * most + 1))) - most;
  };
  return {between(3'600'000), between(4)};
}

kit::session_faults faults_of(const plan& it) {
  return {it.lost.appends, it.lost.writes, it.lost.reads,    it.lost.rows,  it.delay.late,
          it.delay.rows,   it.delay.reads, it.delay.appends, it.lost.tables};
}

std::string name_of(const simulated_node& it) { return "node " + std::to_string(it.number()); }

} // namespace

cluster::cluster(const plan& it, const domain& of, bool keep_story)
    : sim(it.seed), database(sim, it.shards), releases{hosted_in(it, of, 1)},
      callers(sim, database, of, [this] { return serving(); }),
      viewers(sim, database, releases, [this] { return serving(); }), plan_(it), domain_(of), net_(sim) {
  sim.record.keeps_story = keep_story;
  database.lease_ms = it.lease_ms;
  callers.on_done = [this](const acceptance& yes) { viewers.heard_of(yes); };
  settings_.command_window = it.window;
  settings_.recover_events_max = it.page;
  settings_.batch_events_max = it.batch;
  settings_.snapshot_events = it.snapshot_events;
  settings_.slow_load_events = it.snapshot_events;
  settings_.fold_events_max = it.fold;
  settings_.write_events_max = 3 * it.fold;
  settings_.row_cache_rows_max = it.cached_rows;
  if (it.retires) settings_.live_bytes_max = 1;
  if (it.odd_ways != 0) disturb([this, in = it.odd_ways] { return sim.one_in(in); });
  set_log_sink(
      [this](log_level, std::string_view line) { sim.record.tell({}, [&] { return "log: " + std::string(line); }); });
}

cluster::~cluster() {
  sim.record.keeps_story = false;
  database.on_stored = nullptr;
  net_.frozen.clear();
  sim.stopped.clear();
  for (auto& it : nodes_) {
    it->crashed = true; // Nothing is begun any more.
    it->stop();
    it->session.flow();
    it->session.thaw();
  }
  for (int round = 0; round < 2; ++round) { // What was under way may have been sent on.
    for (auto& it : nodes_) it->way.lose_all();
    sim.run();
  }
  for (auto& it : nodes_) it->side.reset();
  sim.run();
  disturb({});
  set_log_sink({});
}

void cluster::warm_up() {
  for (std::uint32_t i = 0; i < plan_.nodes; ++i) start();
  for (std::int64_t ms = 0; ms < 3 * plan_.lease_ms && !is_healed(); ms += healing_tick_ms) {
    for (int i = 0; i < steps_per_healing_tick && step(); ++i) {}
    tick(healing_tick_ms);
  }
  for (auto& it : nodes_) it->session.faults = faults_of(plan_);
}

void cluster::run_actions() {
  auto next = plan_.actions.begin();
  for (std::size_t at = 0; at < plan_.steps && !is_broken(); ++at) {
    for (; next != plan_.actions.end() && next->step <= at; ++next) do_one(*next);
    if (step() && !sim.one_in(plan_.steps_per_tick)) continue;
    tick(plan_.tick_ms);
    if (plan_.polls) viewers.poll(plan_.streams);
  }
}

void cluster::heal() {
  deed_told("every fault ends");
  let_flow();
  wake_all(false);
  join_up();
  if (serving().empty()) sim.record.saw(rare::last_node_replaced);
  start();
  for (auto& it : nodes_) it->session.faults = {};
  for (std::int64_t ms = 0; ms < healing_ms(plan_) && !is_broken(); ms += healing_tick_ms) {
    for (int i = 0; i < steps_per_healing_tick && step(); ++i) {}
    tick(healing_tick_ms);
    if (is_healed() && are_content()) return;
  }
  if (!is_broken()) sim.record.broke(kit::promise::serves, what_is_missing());
}

void cluster::do_one(const action& it) {
  sim.record.note({static_cast<std::uint64_t>(it.what), it.chance});
  simulated_node& one = *nodes_[it.chance % nodes_.size()];
  simulated_node& other = *nodes_[(it.chance >> 8) % nodes_.size()];
  switch (it.what) {
  case deed::ask:
    return callers.ask(it.chance, plan_.streams, 1);
  case deed::ask_twice:
    return callers.ask(it.chance, plan_.streams, 2);
  case deed::ask_again:
    return callers.ask_again(it.chance);
  case deed::read:
    return viewers.read(it.chance, plan_.streams);
  case deed::explode:
    return callers.explode(it.chance, plan_.streams);
  case deed::crash:
    return crash(one);
  case deed::hang:
    return hang(one);
  case deed::stall:
    return stall(one, (it.chance >> 16) % 4 != 0);
  case deed::wake:
    return wake_all(plan_.long_hangs);
  case deed::flow:
    return let_flow();
  case deed::cut:
    return cut(one, other);
  case deed::join_up:
    return join_up();
  case deed::start:
    if (nodes_.size() < nodes_max) start();
    return;
  case deed::leave:
    return leave(one);
  case deed::release:
    return release();
  case deed::count_:
    return;
  }
}

void cluster::start() {
  nodes_.push_back(std::make_unique<simulated_node>(sim, database, net_, releases.back(), settings_,
                                                    "node-" + std::to_string(nodes_.size() + 1), plan_.lanes,
                                                    clock_of(plan_, nodes_.size())));
  nodes_.back()->session.faults = faults_of(plan_);
  deed_told(name_of(*nodes_.back()) + " is started");
}

void cluster::crash(simulated_node& it) {
  if (!it.serves()) return;
  deed_told(name_of(it) + " is killed");
  it.crashed = true;
  it.session.die();
  net_.crash(it.number());
}

void cluster::hang(simulated_node& it) {
  if (!it.serves() || !net_.frozen.insert(it.number()).second) return;
  deed_told(name_of(it) + " hangs");
  if (plan_.long_hangs) stall(it, true);
  it.session.freeze();
  sim.stopped.insert(it.number());
}

void cluster::stall(simulated_node& it, bool alone) {
  if (!it.serves() || it.session.is_stalled()) return;
  deed_told("the connection on which " + name_of(it) + " keeps its lease stalls");
  it.session.stall();
  if (alone) // Else another node tells it soon that it was replaced.
    for (auto& other : nodes_) cut(it, *other);
}

void cluster::let_flow() {
  for (auto& it : nodes_) {
    if (!it->session.is_stalled()) continue;
    deed_told("the connection of " + name_of(*it) + " goes on");
    if (it->serves() && database.is_dead(it->number())) sim.record.saw(rare::served_when_dead);
    it->session.flow();
  }
}

void cluster::wake_all(bool only_replaced) {
  for (auto& it : nodes_) {
    if (!it->session.is_frozen() || (only_replaced && !database.is_dead(it->number()))) continue;
    net_.frozen.erase(it->number());
    sim.stopped.erase(it->number());
    deed_told(name_of(*it) + " wakes");
    if (database.is_dead(it->number())) sim.record.saw(rare::woke_dead);
    it->session.thaw();
  }
  for (auto& [number, way] : net_.links) way->thaw();
}

void cluster::cut(simulated_node& a, simulated_node& b) {
  if (&a == &b || !net_.is_open(a.number(), b.number())) return;
  deed_told("the connection of " + name_of(a) + " and " + name_of(b) + " is cut");
  net_.cut(a.number(), b.number());
}

void cluster::join_up() {
  const auto cuts = net_.cuts;
  for (const auto& [a, b] : cuts) {
    deed_told("node " + std::to_string(a) + " and node " + std::to_string(b) + " are connected again");
    net_.heal(a, b);
  }
}

/// As a process ends on SIGTERM: its shards first, then what it still has to answer.
void cluster::leave(simulated_node& it) {
  if (!it.serves() || it.leaves || serving().size() < 2) return;
  it.leaves = true;
  deed_told(name_of(it) + " is told to end");
  it.place->give_away([this, &it] {
    sim.later([this, &it] {
      if (!it.serves()) return;
      it.drain([this, &it] {
        sim.later([&it] {
          if (it.serves()) it.place->leave([&it] { it.over = true; });
        });
      });
    });
  });
}

/// Who hangs and was replaced may wake yet, of the release before.
void cluster::release() {
  if (!domain_.views_of || nodes_.size() + plan_.nodes > nodes_in_all) return;
  for (auto& it : nodes_)
    if (!it->session.is_frozen() || !database.is_dead(it->number())) crash(*it);
  const auto number = static_cast<std::uint32_t>(releases.size() + 1);
  deed_told("release " + std::to_string(number) + " is started");
  releases.push_back(hosted_in(plan_, domain_, number));
  for (std::uint32_t i = 0; i < plan_.nodes; ++i) start();
}

bool cluster::step() {
  if (!sim.step()) return false;
  ++steps;
  return true;
}

void cluster::tick(std::int64_t ms) {
  sim.advance(std::chrono::milliseconds(ms));
  for (auto& [number, way] : net_.links) way->expire();
  callers.look_after();
}

bool cluster::has_owner_that_serves(const shard_owner& it) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const auto& node) { return node->number() == it.node && node->serves(); });
}

bool cluster::is_healed() const {
  return std::all_of(database.owners.begin(), database.owners.end(),
                     [this](const shard_owner& it) { return has_owner_that_serves(it); });
}

std::string cluster::what_is_missing() {
  std::string text;
  for (shard_number shard = 0; shard < database.shard_count(); ++shard)
    if (!has_owner_that_serves(database.owners[shard]))
      text += "shard " + std::to_string(shard) + " has no owner that serves (node " +
              std::to_string(database.owners[shard].node) + "); ";
  return "after " + std::to_string(healing_ms(plan_)) + " ms without faults: " + text +
         (callers.are_content() ? "" : "unanswered: " + callers.what_waits()) +
         (viewers.are_content() ? "" : viewers.what_is_missing());
}

void cluster::deed_told(const std::string& words) {
  sim.record.note(words);
  sim.record.tell_deed([&] { return words; });
}

std::vector<simulated_node*> cluster::serving() const {
  std::vector<simulated_node*> found;
  for (const auto& it : nodes_)
    if (it->serves()) found.push_back(it.get());
  return found;
}

} // namespace stele::simulated
