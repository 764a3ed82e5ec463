#include "tests/kit/simulated/run.hpp"

#include "tests/kit/simulated/cluster.hpp"

namespace stele::simulated {

run_result run(const plan& it, const domain& of, bool keep_story) {
  cluster world(it, of, keep_story);
  world.warm_up();
  if (!world.is_broken()) world.run_actions();
  if (!world.is_broken()) world.heal();
  run_result result;
  result.hash = world.sim.record.hash();
  result.steps = world.steps;
  result.commands = world.callers.count();
  for (const auto& shard : world.database.log) result.stored += shard.size();
  result.seen = world.sim.record.seen;
  if (world.is_broken()) result.breach = world.sim.record.breaches.front();
  result.story = std::move(world.sim.record.story);
  return result;
}

} // namespace stele::simulated
