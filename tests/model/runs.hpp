// What is checked: configurations that must hold, and for each rule one in which it is needed.
#pragma once

#include "tests/model/explorer.hpp"
#include "tests/model/rules.hpp"

#include <functional>
#include <string>
#include <vector>

namespace model {

using check = std::function<verdict(rules)>;

/// A configuration in which every property holds.
struct holding_run {
  std::string words;
  int size = 0; ///< 0: checked in the normal suite; 1: in the long form only.
  check of;
};

/// A rule, and a small configuration that breaks without it.
struct rule_run {
  std::string number; ///< As in docs/protocol.md.
  rule which;
  std::string words;
  check of;
  bool needed = true; ///< False: a candidate that turned out to be no rule.
};

const std::vector<holding_run>& holding_runs();
const std::vector<rule_run>& rule_runs();

// One list for each model.
void add_core_runs(std::vector<holding_run>& to);
void add_core_rules(std::vector<rule_run>& to);
void add_tentative_runs(std::vector<holding_run>& to);
void add_tentative_rules(std::vector<rule_run>& to);
void add_view_runs(std::vector<holding_run>& to);
void add_view_rules(std::vector<rule_run>& to);
void add_rebuild_runs(std::vector<holding_run>& to);
void add_rebuild_rules(std::vector<rule_run>& to);
void add_window_runs(std::vector<holding_run>& to);
void add_window_rules(std::vector<rule_run>& to);

} // namespace model
