#include "tests/drills/faults.hpp"

namespace drill {

namespace {

using clock = std::chrono::steady_clock;

constexpr int longer_than_silence_ms = 2500; ///< Links count as broken, and no lease has ended by it.

/// Both keep their leases: nobody is replaced.
void expect_both_there(bench& on, std::size_t one, std::size_t other) {
  for (const auto node : {one, other})
    on.expect(!on.nodes().ended_by_itself(node), on.nodes().name(node) + " ended because it was cut from another node");
}

void cut_in_two(bench& on) {
  const auto one = on.any_node(), other = (one + 1) % 3;
  on.nodes().cut(one, other);
  bench::pass(longer_than_silence_ms);
  on.nodes().heal(one, other);
  expect_both_there(on, one, other);
  on.saw(on.nodes().name(one) + " and " + on.nodes().name(other) + " did not hear of each other, and both stayed");
}

void cut_one_way(bench& on) {
  const auto one = on.any_node(), other = (one + 1) % 3;
  on.nodes().cut_one_way(one, other);
  bench::pass(longer_than_silence_ms);
  on.nodes().heal(one, other);
  expect_both_there(on, one, other);
  on.saw(on.nodes().name(other) + " did not hear " + on.nodes().name(one) + ", and both stayed");
}

void cut_from_the_store(bench& on) {
  const auto silent = on.any_node(), refused = (silent + 1) % 3;
  for (const auto node : {silent, refused}) {
    const auto shards = on.nodes().shards_of(node);
    const auto begin = clock::now();
    node == silent ? on.nodes().cut_from_store(node) : on.nodes().refuse_store(node);
    on.serve_again(on.nodes().name(node) + (node == silent ? " in silence" : " by resets"), shards, begin);
    on.nodes().heal_with_store(node);
    on.expect_replaced(node, "was cut from PostgreSQL");
    on.nodes().start(node);
    on.nodes().wait_until_even();
  }
}

} // namespace

std::vector<fault> faults_of_the_network() {
  return {{"F03", "two nodes are cut from each other", "nothing passes between them, for longer than their silence",
           "nobody is replaced, for both reach PostgreSQL", true, cut_in_two},
          {"F04", "two nodes are cut one way", "nothing passes from one to the other; the way back is open",
           "nobody is replaced; a suspicion needs no second direction", true, cut_one_way},
          {"F05", "a node is cut from PostgreSQL", "once in silence, once by resets and refused connections",
           "it stops answering, others take its shards over, it ends with 3", true, cut_from_the_store}};
}

} // namespace drill
