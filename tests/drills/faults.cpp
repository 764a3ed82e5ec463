#include "tests/drills/faults.hpp"

#include <algorithm>

namespace drill {

std::vector<fault> all_faults() {
  std::vector<fault> all;
  for (auto* group :
       {faults_of_nodes, faults_of_the_network, faults_of_commits, faults_of_the_server, faults_of_the_disk,
        faults_of_the_clock, faults_of_callers, faults_of_strangers, faults_of_memory, faults_of_one_file})
    for (auto& it : group()) all.push_back(std::move(it));
  std::sort(all.begin(), all.end(), [](const fault& one, const fault& other) { return one.number < other.number; });
  return all;
}

std::vector<fault_elsewhere> faults_elsewhere() {
  return {{"F17", "a command whose decision throws, loops or returns a million events",
           "no rule of the reference domain does; actors_tests: write_side.a_decision_that_throws_leaves_no_trace"},
          {"F28", "a failover to a replica that lacks acknowledged commits",
           "not promised: what the server lost is lost; docs/postgresql.md says what is asked of it"},
          {"F32", "two versions at a time", "there is one version; actors_tests has a cluster of two in one thread"}};
}

} // namespace drill
