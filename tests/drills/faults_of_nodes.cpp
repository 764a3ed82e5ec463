#include "tests/drills/faults.hpp"

namespace drill {

namespace {

using clock = std::chrono::steady_clock;

void start_again(bench& on, std::size_t node) {
  on.nodes().start(node);
  on.nodes().wait_until_even();
}

void killed(bench& on) {
  constexpr int rounds = 2;
  for (int i = 0; i < rounds; ++i) {
    const auto node = on.any_node();
    const auto shards = on.nodes().shards_of(node);
    const auto begin = clock::now();
    on.nodes().kill(node);
    on.serve_again(on.nodes().name(node), shards, begin);
    start_again(on, node);
  }
}

void frozen(bench& on) {
  const auto node = on.any_node();
  const auto shards = on.nodes().shards_of(node);
  const auto begin = clock::now();
  on.nodes().pause(node);
  on.serve_again(on.nodes().name(node), shards, begin);
  on.nodes().wake(node);
  on.expect_replaced(node, "was frozen and woke up");
  start_again(on, node);
}

void restarted_in_turn(bench& on) {
  for (std::size_t node = 0; node < 3; ++node) {
    const int status = on.nodes().stop(node);
    on.expect(status == 0, on.nodes().name(node) + " was told to end and ended with " + std::to_string(status));
    on.nodes().start(node);
  }
  on.saw("each ended with 0; the shards were even " + std::to_string(on.nodes().wait_until_even()) +
         " ms after the last was ready");
}

void joins_and_leaves(bench& on) {
  constexpr std::size_t fourth = 3;
  on.nodes().start(fourth);
  on.saw("a fourth joined, even after " + std::to_string(on.nodes().wait_until_even()) + " ms");
  for (const std::size_t node : {std::size_t{0}, fourth}) {
    const int status = on.nodes().stop(node);
    on.expect(status == 0, on.nodes().name(node) + " was told to leave and ended with " + std::to_string(status));
    on.saw(on.nodes().name(node) + " left, even after " + std::to_string(on.nodes().wait_until_even()) + " ms");
    if (node == 0) start_again(on, node);
  }
}

/// Connections that write the rows of views, and no others: they never touch the log.
const char* const fold_sessions_ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                        " WHERE application_name = 'stele' AND query LIKE '%es_checkpoints%'";

void projector_killed(bench& on) {
  constexpr int rounds = 10;
  int ended = 0;
  for (int i = 0; i < rounds; ++i) {
    ended += std::stoi(on.server().run(fold_sessions_ended));
    bench::pass(100);
  }
  on.expect(ended > 0, "no session of a projector was found");
  on.saw(std::to_string(ended) + " sessions of projectors ended by the server");
  const auto node = on.any_node();
  on.nodes().kill(node);
  on.nodes().start(node);
  on.saw(on.nodes().name(node) + " killed while it projected");
}

} // namespace

std::vector<fault> faults_of_nodes() {
  return {{"F01", "a node is killed", "SIGKILL under load, two random nodes, each started again",
           "its shards go on elsewhere; every command has one effect or none", true, killed},
          {"F02", "a node freezes for longer than its lease", "SIGSTOP until others serve its shards, SIGCONT",
           "who was replaced writes nothing and says nothing; it ends with 3", true, frozen},
          {"F14", "a rolling restart", "SIGTERM and start, one node after the other",
           "each ends with 0; nobody is left without knowing", false, restarted_in_turn},
          {"F15", "nodes join and leave", "a fourth node starts; SIGTERM to the first, and to the fourth",
           "shards move one by one; nobody is left without knowing", false, joins_and_leaves},
          {"F26", "a projector dies between and inside its batches",
           "its sessions are ended at the server, ten times; then its node is killed",
           "every row is the fold of its events, checkpoints included", true, projector_killed}};
}

} // namespace drill
