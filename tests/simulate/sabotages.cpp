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

namespace simulate {

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
  };
  return all;
}

} // namespace simulate

} // namespace stele
