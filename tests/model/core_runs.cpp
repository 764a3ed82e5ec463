// The worlds in which the fence is checked.
#include "tests/model/core_model.hpp"
#include "tests/model/runs.hpp"

namespace model {

namespace {

constexpr std::size_t states_max = 60'000'000;
constexpr asks any = asks::nothing, full = asks::not_empty, none = asks::empty;

check in(const core_configuration& world) {
  return [world](rules kept) { return explore(core_model(world, kept), states_max); };
}

/// One command that always says yes and one that needs it to have happened.
core_configuration two_nodes(const budgets& faults) {
  core_configuration it;
  it.faults = faults;
  return it;
}

core_configuration three_nodes(const budgets& faults) {
  core_configuration it = two_nodes(faults);
  it.nodes = 3;
  return it;
}

core_configuration one_command(core_configuration it) {
  it.commands = 1;
  return it;
}

core_configuration three_commands(core_configuration it, asks one, asks two, asks three) {
  it.commands = 3;
  it.kind[0] = one, it.kind[1] = two, it.kind[2] = three;
  return it;
}

/// Two commands, each with a shard and a lane of its own.
core_configuration two_lanes(const budgets& faults) {
  core_configuration it = two_nodes(faults);
  it.shards = it.lanes = 2;
  it.kind[0] = it.kind[1] = any;
  it.stream[1] = it.shard[1] = 1;
  return it;
}

/// The third command has a stream of its own, in a second shard if there is one.
core_configuration third_apart(core_configuration it, int shards, int lanes) {
  it.shards = shards;
  it.lanes = lanes;
  it.stream[2] = 1;
  it.shard[2] = shards - 1;
  return it;
}

budgets faults(int take_overs, int give_ups, int gives = 0, int retries = 0) {
  budgets it;
  it.take_overs = static_cast<small>(take_overs);
  it.give_ups = static_cast<small>(give_ups);
  it.gives = static_cast<small>(gives);
  it.retries = static_cast<small>(retries);
  return it;
}

budgets with_crash(budgets it) { return it.crashes = 1, it; }
budgets with_leave(budgets it) { return it.leaves = 1, it; }
budgets with_join(budgets it) { return it.joins = 1, it; }
budgets with_restart(budgets it) { return it.restarts = 1, it; }
budgets with_old_reading(budgets it) { return it.old_readings = 1, it; }

core_configuration with_markers(core_configuration it) { return it.markers = true, it; }

} // namespace

void add_core_runs(std::vector<holding_run>& to) {
  to.insert(
      to.end(),
      {{"2 nodes, 2 commands: take-over, unknown outcome, retry", 0, in(two_nodes(faults(1, 1, 0, 1)))},
       {"2 nodes, 2 commands: hand-over, unknown outcome, take-over", 0, in(two_nodes(faults(1, 1, 1)))},
       {"2 nodes, 2 lanes: take-over, unknown outcome", 0, in(two_lanes(faults(1, 1)))},
       {"3 nodes, 1 command: leave, hand-over, take-over", 0,
        in(one_command(three_nodes(with_leave(faults(1, 0, 1)))))},
       {"2 nodes, 2 commands, rejections of retries written: take-over, unknown outcome, hand-over, retry", 1,
        in(with_markers(two_nodes(faults(1, 1, 1, 1))))},
       {"2 nodes, 3 commands on 2 streams: take-over, unknown outcome, retry", 1,
        in(third_apart(three_commands(two_nodes(faults(1, 1, 0, 1)), any, full, any), 1, 1))},
       {"2 nodes, 2 commands: 2 hand-overs, old placement reading, unknown outcome, take-over", 1,
        in(two_nodes(with_old_reading(faults(1, 1, 2))))},
       {"2 nodes, 2 lanes, 3 commands: take-over, unknown outcome", 1,
        in(third_apart(three_commands(two_nodes(faults(1, 1)), any, full, any), 2, 2))},
       {"2 nodes, 1 lane, 2 shards, 3 commands: take-over, unknown outcome, hand-over", 1,
        in(third_apart(three_commands(two_nodes(faults(1, 1, 1)), any, full, any), 2, 1))},
       {"2 nodes, 2 lanes: take-over, unknown outcome, hand-over, retry", 1, in(two_lanes(faults(1, 1, 1, 1)))},
       {"2 nodes, 2 commands: take-over, 2 unknown outcomes, hand-over, retry", 1, in(two_nodes(faults(1, 2, 1, 1)))},
       {"3 nodes, one joins, 2 commands: crash, take-over, unknown outcome", 1,
        in(three_nodes(with_join(with_crash(faults(1, 1)))))},
       {"3 nodes, 1 command: leave, 2 hand-overs, take-over, unknown outcome, retry", 1,
        in(one_command(three_nodes(with_leave(faults(1, 1, 2, 1)))))},
       {"3 nodes, 2 commands: take-over, unknown outcome, hand-over, retry", 1, in(three_nodes(faults(1, 1, 1, 1)))},
       {"2 nodes, 2 commands: 2 take-overs, 2 unknown outcomes, crash, retry", 1,
        in(two_nodes(with_crash(faults(2, 2, 0, 1))))}});
}

void add_core_rules(std::vector<rule_run>& to) {
  const auto retried = in(two_nodes(faults(1, 0, 0, 1))), resolved = in(two_nodes(faults(1, 1, 0, 1)));
  to.insert(
      to.end(),
      {{"R1", rule::fence, "an append checks the epoch of its lane", retried},
       {"R1b", rule::share, "an append holds the lane row FOR SHARE", retried},
       {"R2", rule::load_later, "heads and streams are read after the take-over, not with it", retried},
       {"R3", rule::shards_later, "take-over moves the shards in a later statement than its locks",
        in(one_command(three_nodes(faults(1, 0, 1))))},
       {"R4", rule::lanes_first, "the lanes go before, or with, the shards", in(two_nodes(faults(1, 0)))},
       {"R5", rule::taker_lives, "take-over locks the taker's own member row and finds it alive",
        in(one_command(two_nodes(faults(2, 0))))},
       {"R6", rule::bump, "after an unknown outcome: bump the lane, then look", resolved},
       {"R7", rule::lane_deleted, "take-over deletes the lane rows, it does not bump them", resolved},
       {"R8", rule::bump_number, "a bump carries a number computed once", in(two_nodes(faults(0, 2, 0, 1)))},
       {"R9", rule::fresh_event_ids, "event ids are made anew at each decision", resolved},
       {"R10", rule::other_lanes, "a dead node waits for what its other lanes have in flight",
        in(two_lanes(faults(1, 0)))},
       {"R11", rule::rollback, "with a batch falls all that was decided on it, rejections too",
        in(three_commands(two_nodes(faults(0, 1)), any, none, any))},
       {"R13", rule::drain, "a shard is given away only when nothing of it is out or unresolved",
        in(two_nodes(faults(0, 1, 1)))},
       {"R14", rule::keep, "a give without a reply is made void by KEEP", in(two_nodes(faults(0, 1, 1)))},
       {"R15", rule::shard_epoch, "give and keep compare the shard epoch", in(two_nodes(faults(0, 1, 2)))},
       {"R16", rule::reload, "after a give without a reply the shard is loaded anew", in(two_nodes(faults(0, 1, 2)))},
       {"R17", rule::newer_epoch, "a placement reading counts only with a greater shard epoch",
        in(two_nodes(with_old_reading(faults(0, 0, 2))))},
       {"R18", rule::receiver_lives, "a give finds its receiver active", in(one_command(three_nodes(faults(1, 0, 1))))},
       {"R19", rule::leave_empty, "a node leaves only when it owns no shard",
        in(one_command(two_nodes(with_leave(faults(0, 0, 1)))))},
       {"R20", rule::rejections_fenced, "a rejection waits for the fence", in(two_nodes(faults(1, 0)))},
       {"R21", rule::rejections_ride_later, "a rejection rides a statement sent after its decision", in([] {
          core_configuration it = three_commands(two_nodes(faults(1, 0)), any, any, full);
          it.stream[0] = 1;
          return it;
        }())},
       {"R23", rule::all_attempts, "\"no effect\" is final once every attempt said so",
        in(two_nodes(faults(0, 0, 0, 1)))},
       {"R24", rule::new_incarnation, "a process start is a new member",
        in(three_nodes(with_restart(faults(0, 1, 0, 1))))},
       {"R25", rule::window_replayed, "the command ids of a stream come with its replay", retried}});
}

} // namespace model
