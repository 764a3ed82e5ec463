// The faults that are drilled on real processes: what is done, and what is shown by it.
#pragma once

#include "tests/drills/bench.hpp"

#include <stdexcept>

namespace drill {

struct fault {
  std::string number, name; ///< `F07`, and in a few words.
  std::string done;         ///< What is done.
  std::string shown;        ///< Which promises are looked at, beside what is checked in the end of all.
  bool may_leave_unknown;   ///< Whether a caller may be left without knowing the outcome of what it sent.
  void (*run)(bench&);
};

/// This machine can't do it; the text says why.
struct not_possible_here : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A fault that is not done, unless it has a drill and is named; why, or where else it is looked at.
struct fault_elsewhere {
  std::string number, name, where;
};

std::vector<fault> faults_of_nodes();
std::vector<fault> faults_of_the_network();
std::vector<fault> faults_of_commits();
std::vector<fault> faults_of_the_server();
std::vector<fault> faults_of_the_disk();
std::vector<fault> faults_of_the_clock();
std::vector<fault> faults_of_callers();
std::vector<fault> faults_of_strangers();
std::vector<fault> faults_of_memory();
std::vector<fault> faults_of_one_file();

std::vector<fault> all_faults(); ///< By number.
std::vector<fault_elsewhere> faults_elsewhere();

} // namespace drill
