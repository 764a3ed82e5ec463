#include "tests/model/runs.hpp"

namespace model {

const std::vector<holding_run>& holding_runs() {
  static const auto all = [] {
    std::vector<holding_run> runs;
    add_core_runs(runs);
    add_tentative_runs(runs);
    add_view_runs(runs);
    add_rebuild_runs(runs);
    add_window_runs(runs);
    return runs;
  }();
  return all;
}

const std::vector<rule_run>& rule_runs() {
  static const auto all = [] {
    std::vector<rule_run> runs;
    add_core_rules(runs);
    add_tentative_rules(runs);
    add_view_rules(runs);
    add_rebuild_rules(runs);
    add_window_rules(runs);
    return runs;
  }();
  return all;
}

} // namespace model
