#include "tests/kit/simulated/plan.hpp"

#include "tests/kit/simulated/dice.hpp"

#include <algorithm>
#include <array>

namespace stele::simulated {

namespace {

/// How often each deed is chosen. About half of the disturbances are off.
std::array<std::size_t, deeds> choose_weights(dice& dice, bool reads) {
  std::array<std::size_t, deeds> weights{};
  const auto set = [&](deed it, std::size_t weight) { weights[static_cast<std::size_t>(it)] = weight; };
  const auto of = [&](deed it) { return weights[static_cast<std::size_t>(it)]; };
  set(deed::ask, dice.of<std::size_t>({20, 40, 80}));
  if (reads) set(deed::read, dice.of<std::size_t>({20, 40, 80}));
  for (const deed it : {deed::ask_twice, deed::ask_again})
    if (!dice.one_in(3)) set(it, dice.of<std::size_t>({4, 10, 20}));
  if (dice.one_in(3)) set(deed::explode, dice.of<std::size_t>({2, 10}));
  for (const deed it : {deed::crash, deed::hang, deed::cut, deed::start, deed::leave})
    if (dice.one_in(2)) set(it, dice.of<std::size_t>({1, 2, 5}));
  if (dice.one_in(3)) set(deed::hang, 10);
  if (dice.one_in(3)) set(deed::stall, dice.of<std::size_t>({2, 5, 10}));
  set(deed::wake, of(deed::hang) == 0 ? 0 : dice.of<std::size_t>({2, 5, 15}));
  if (of(deed::stall) != 0) set(deed::flow, dice.of<std::size_t>({0, 1, 5}));
  set(deed::join_up, std::max(of(deed::cut), of(deed::stall)));
  return weights;
}

deed choose(dice& dice, const std::array<std::size_t, deeds>& weights) {
  std::size_t sum = 0;
  for (const std::size_t it : weights) sum += it;
  std::size_t at = dice.below(sum), chosen = 0;
  while (at >= weights[chosen]) at -= weights[chosen++];
  return static_cast<deed>(chosen);
}

void choose_actions(dice& dice, plan& it) {
  auto weights = choose_weights(dice, it.reads);
  const auto often = [&](deed what, std::size_t weight) { weights[static_cast<std::size_t>(what)] = weight; };
  if (it.long_hangs) {
    often(deed::hang, dice.of<std::size_t>({2, 5}));
    often(deed::wake, dice.of<std::size_t>({5, 15}));
  }
  if (it.reads) often(deed::release, dice.of<std::size_t>({0, 0, 1, 2}));
  if (it.rebuilds)
    for (const deed what : {deed::release, deed::start, deed::leave, deed::hang, deed::wake})
      often(what, dice.of<std::size_t>({2, 4, 6}));
  if (it.delay.rows != 0) // What is slow is under way when its shard moves.
    for (const deed what : {deed::start, deed::leave, deed::crash}) often(what, dice.of<std::size_t>({1, 3, 5}));
  const std::size_t count = it.steps / dice.of<std::size_t>({10, 15, 25});
  for (std::size_t i = 0; i < count; ++i)
    it.actions.push_back({dice.below(std::max<std::size_t>(1, it.steps)), choose(dice, weights), dice.next()});
  std::stable_sort(it.actions.begin(), it.actions.end(),
                   [](const action& a, const action& b) { return a.step < b.step; });
}

/// Lets so many leases end while the steps are done, or time stands still and nobody is ever replaced.
void last_for(plan& it, std::int64_t leases) {
  const auto ticks = static_cast<std::int64_t>(std::max<std::size_t>(1, it.steps / it.steps_per_tick));
  it.tick_ms = std::max(it.tick_ms, leases * it.lease_ms / ticks);
}

std::string one_in(const char* what, std::size_t in) {
  return in == 0 ? "" : std::string(", one in ") + std::to_string(in) + " " + what;
}

} // namespace

plan make_plan(std::uint64_t seed, std::size_t steps) {
  dice dice(seed);
  plan it;
  it.seed = seed;
  it.steps = steps;
  it.steps_per_tick = dice.of<std::size_t>({4, 8, 16, 32});
  it.tick_ms = dice.of<std::int64_t>({5, 10, 20, 50});
  it.lease_ms = dice.of<std::int64_t>({300, 600, 1200, 3000});
  it.nodes = dice.of<std::uint32_t>({1, 2, 3, 3, 4});
  it.shards = dice.of<std::uint32_t>({2, 4, 4, 8});
  it.lanes = dice.of<std::uint32_t>({1, 2});
  it.streams = dice.of<std::uint32_t>({2, 6, 12});
  it.lost = {dice.of<std::size_t>({0, 3, 5, 20}), dice.of<std::size_t>({0, 0, 5, 20}),
             dice.of<std::size_t>({0, 0, 10, 30})};
  it.window = dice.of<std::size_t>({1, 2, 16});
  it.page = dice.of<std::size_t>({1, 3, 1000});
  it.batch = dice.of<std::size_t>({1, 3, 1000});
  it.snapshot_events = dice.of<std::uint32_t>({0, 0, 1, 3});
  it.retires = dice.one_in(3);
  it.clocks_differ = dice.one_in(2);
  it.reads = !dice.one_in(3);
  if (it.reads) it.lost.rows = dice.of<std::size_t>({0, 3, 10});
  if (it.reads) it.lost.tables = dice.of<std::size_t>({0, 2, 5});
  it.fold = dice.of<std::size_t>({1, 3, 1000});
  it.cached_rows = dice.of<std::size_t>({1, 3, 1000});
  it.delay.late = dice.of<std::size_t>({30, 30, 300});
  if (it.reads && dice.one_in(2)) it.delay.rows = dice.of<std::size_t>({30, 150});
  if (it.reads && dice.one_in(2)) it.delay.reads = dice.of<std::size_t>({20, 40});
  if (dice.one_in(3)) it.delay.appends = dice.of<std::size_t>({20, 60});
  it.keyed = it.reads && dice.one_in(2);
  it.rebuilds = it.reads && dice.one_in(5);
  if (it.rebuilds) it.delay.rows = dice.of<std::size_t>({30, 150});
  if (it.rebuilds) it.fold = dice.of<std::size_t>({1, 3});
  if (it.rebuilds) it.lost.rows = 0; // One write that is lost, and the whole of it is for nothing.
  it.polls = it.reads && dice.one_in(2);
  it.long_hangs = dice.one_in(3);
  if (it.long_hangs) it.lease_ms = std::min<std::int64_t>(it.lease_ms, 600);
  if (it.long_hangs || dice.one_in(3)) last_for(it, dice.of<std::int64_t>({3, 6, 12}));
  choose_actions(dice, it);
  it.odd_ways = dice.of<std::size_t>({0, 3, 20});
  return it;
}

std::string in_words(const plan& it) {
  return std::to_string(it.nodes) + " nodes, " + std::to_string(it.shards) + " shards, " + std::to_string(it.lanes) +
         " lanes, leases of " + std::to_string(it.lease_ms) + " ms" + one_in("appends lost", it.lost.appends) +
         one_in("other writes lost", it.lost.writes) + one_in("reads lost", it.lost.reads) +
         one_in("writes of rows lost", it.lost.rows) + one_in("changes of tables lost", it.lost.tables) +
         (it.delay.rows != 0 ? ", writes of rows slow" : "") + (it.delay.reads != 0 ? ", reads slow" : "") +
         (it.delay.appends != 0 ? ", appends slow" : "") + (it.retires ? ", aggregates retire at once" : "") +
         (it.clocks_differ ? ", clocks differ" : "") + (it.long_hangs ? ", who hangs is replaced" : "") +
         (it.reads ? ", views are read" : "") + (it.keyed ? ", of both kinds" : "") +
         (it.rebuilds ? ", rebuilt often" : "") + (it.polls ? " all the time" : "") +
         one_in("moments odd", it.odd_ways);
}

} // namespace stele::simulated
