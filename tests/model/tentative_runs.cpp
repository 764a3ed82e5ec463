// The nodes in which the way back is checked, each with the aggregate and with the lane as the one who answers.
#include "tests/model/runs.hpp"
#include "tests/model/tentative_model.hpp"

namespace model {

namespace {

constexpr std::size_t states_max = 40'000'000;
constexpr auto aggregate = answers_by::aggregate, lane = answers_by::lane;

check in(answers_by who, tentative_configuration world) {
  world.who = who;
  return [world](rules kept) { return explore(tentative_model(world, kept), states_max); };
}

tentative_configuration one_stream(int callers, const tentative_budgets& faults) {
  tentative_configuration it;
  it.callers = callers;
  it.faults = faults;
  return it;
}

/// The second caller sends the first one's command again.
tentative_configuration repeated(tentative_configuration it) {
  it.command[1] = it.command[0];
  it.kind[1] = it.kind[0];
  return it;
}

/// The last caller has a stream of its own, in the same lane.
tentative_configuration two_streams(tentative_configuration it) {
  it.streams = 2;
  it.stream[it.callers - 1] = 1;
  it.kind[it.callers - 1] = asks::nothing;
  return it;
}

tentative_configuration with_unique_key(tentative_configuration it) { return it.unique_key_acts = true, it; }

tentative_budgets losses(int failures, int unknowns) {
  tentative_budgets it;
  it.failures = static_cast<small>(failures);
  it.unknowns = static_cast<small>(unknowns);
  return it;
}

tentative_budgets with_take_over(tentative_budgets it) { return it.take_overs = it.foreign_events = 1, it; }
tentative_budgets with_death(tentative_budgets it) { return it.deaths = 1, it; }
tentative_budgets with_retirement(tentative_budgets it) { return it.retirements = 1, it; }
tentative_budgets with_snapshot(tentative_budgets it) { return it.snapshots = 1, it; }

void add(std::vector<holding_run>& to, const std::string& words, int size, const tentative_configuration& world) {
  to.push_back({"the aggregate answers; " + words, size, in(aggregate, world)});
  to.push_back({"the lane answers; " + words, size, in(lane, world)});
}

} // namespace

void add_tentative_runs(std::vector<holding_run>& to) {
  add(to, "3 callers: lost batch, unknown outcome, take-over", 0, one_stream(3, with_take_over(losses(1, 1))));
  add(to, "3 callers, one repeats: lost batch, unknown outcome, actor dies", 0,
      repeated(one_stream(3, with_death(losses(1, 1)))));
  add(to, "3 callers: lost batch, snapshot, actor retires", 0,
      one_stream(3, with_retirement(with_snapshot(losses(1, 0)))));
  add(to, "4 callers, one repeats: 2 lost batches, unknown outcome, take-over", 1,
      repeated(one_stream(4, with_take_over(losses(2, 1)))));
  add(to, "4 callers on 2 streams: 2 lost batches, unknown outcome, take-over", 1,
      two_streams(one_stream(4, with_take_over(losses(2, 1)))));
  add(to, "3 callers: lost batch, unknown outcome, snapshot, actor dies and retires", 1,
      one_stream(3, with_death(with_retirement(with_snapshot(losses(1, 1))))));
}

void add_tentative_rules(std::vector<rule_run>& to) {
  const tentative_configuration lost = one_stream(3, losses(1, 0));
  to.insert(to.end(),
            {{"R30", rule::drop_queued, "with a batch falls what waits in the queue behind it", in(aggregate, lost)},
             {"R30b", rule::drop_queued, "the same when the lane answers", in(lane, lost)},
             {"R31", rule::refuse_late, "the lane refuses what comes later and was decided on lost state",
              in(aggregate, lost)},
             {"R31b", rule::refuse_late, "the same when the lane answers", in(lane, lost)},
             {"R32", rule::new_generation, "state that is loaded anew has a new generation", in(aggregate, lost)},
             {"R33", rule::load_behind, "a stream is loaded only when nothing of it is on its way",
              in(aggregate, one_stream(3, with_death(losses(0, 0))))},
             {"R33b", rule::load_behind, "the same when the lane answers: retiring is enough",
              in(lane, one_stream(3, with_retirement(losses(0, 0))))},
             {"R34", rule::repeats_ride, "the repeat of a tentative command goes behind it",
              in(aggregate, repeated(one_stream(2, losses(1, 0))))},
             {"R35", rule::one_answers, "when the lane answers, it answers losses too, and the aggregate none",
              in(lane, lost)},
             {"R35b", rule::fall_in_order, "when the lane answers, the batch falls before what waits behind it",
              in(lane, lost)},
             {"R36", rule::snapshot_durable, "a snapshot is saved once its version is durable",
              in(aggregate, one_stream(3, with_snapshot(losses(1, 0))))},
             {"R33c", rule::load_behind, "the same when the lane answers, and the unique key acts",
              in(lane, with_unique_key(one_stream(3, with_retirement(losses(0, 0)))))},
             {"R33d", rule::load_behind, "the same when the aggregate answers, and the unique key acts",
              in(aggregate, with_unique_key(one_stream(3, with_death(losses(0, 0)))))},
             {"C3", rule::old_notices_ignored, "an aggregate ignores notices of a generation it has given up",
              in(aggregate, one_stream(3, with_take_over(losses(1, 1)))), false}});
}

} // namespace model
