#include "tests/simulate/sabotages.hpp"

#include "actors/sabotage.hpp"

namespace stele {

namespace {

std::string& present() {
  static std::string name;
  return name;
}

} // namespace

bool is_sabotaged(std::string_view what) { return what == present(); }

namespace simulated {

void make_mistake(std::string_view name) { present() = name; }

const std::vector<sabotage>& sabotages() {
  static const std::vector<sabotage> all = {
      {"fence_of_appends_dropped", "an append does not ask for its lane"},
      {"fence_of_answers_dropped", "the fence of answers without events always passes"},
      {"lanes_of_the_dead_left", "a take-over leaves the lanes of the dead node"},
      {"resolve_without_bump", "an unknown outcome is looked up, but may still happen"},
      {"bump_adds_one", "a lane epoch is raised by one instead of to a number"},
      {"epoch_of_a_give_not_compared", "a give asks only whose the shard is"},
      {"give_to_the_dead", "a give does not ask whether the receiver is active"},
      {"unknown_taken_as_lost", "a lane takes an unknown outcome for a failure"},
      {"decisions_on_lost_state_kept", "a lane stores what was decided on a lost batch"},
      {"answered_before_commit", "an aggregate answers as it decides"},
      {"repeats_not_recognised", "an aggregate does not look for the command id"},
      {"forgotten_ids_not_looked_up", "an id older than those remembered is taken for new"},
      {"repeats_answered_before_commit", "a repeat is answered before the first is stored"},
      {"snapshot_before_commit", "a snapshot is saved before its version is stored"},
      {"forwarded_to_anyone", "a node decides what was forwarded to it by mistake"},
      {"lost_taken_as_not_sent", "a forwarded command that was lost counts as not sent"},
      {"given_before_decisions_end", "a shard is given while its aggregates decide"},
      {"successor_of_the_dead_loads_at_once", "a dead aggregate's successor does not wait for its batch"},
      {"lost_nodes_left_alone", "nobody takes over from the dead"},
      {"stale_view_believed", "a view from before a give counts after it"},
      {"gained_heads_not_read", "a gained shard goes on where this node last knew it"},
      {"unknown_give_taken_as_not_given", "a give of unknown outcome counts as not given"},
      {"row_count_of_appends_ignored", "an append that stored nothing counts as done"},
      {"events_told_before_commit", "projectors hear of events before they are stored"},
      {"rows_told_before_commit", "a view counts rows as written when it sends them"},
      {"checkpoint_in_a_second_transaction", "rows are written, and their checkpoint after them"},
      {"row_count_of_rows_ignored", "rows that the guard refused count as written"},
      {"unproven_rows_shown", "rows folded on a checkpoint that was only read are shown"},
      {"token_not_waited_for", "a look-up does not wait for its token"},
      {"rows_of_others_called_current", "a look-up that its owner was not asked for is called current"},
      {"barrier_overtakes_decisions", "a barrier passes a lane before the decisions that wait for it"},
      {"refusal_of_keyed_rows_ignored", "a keyed view counts rows as written that the guard refused"},
      {"open_appends_passed", "the order of everything shows what was stored behind an open append"},
      {"unknown_swap_taken_as_done", "a swap of unknown outcome counts as done"},
      {"failed_rebuild_left_alone", "a rebuild that failed is not begun again"},
  };
  return all;
}

} // namespace simulated

} // namespace stele
