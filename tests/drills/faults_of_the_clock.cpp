#include "tests/drills/faults.hpp"

namespace drill {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr int each_ms = 1200;

void jumps(bench& on, shimmed& whose) {
  for (const auto ahead_ms : {hour_ms, -hour_ms, std::int64_t{0}}) {
    whose.tell().clock_ahead_ms = ahead_ms;
    bench::pass(each_ms);
  }
  on.saw("an hour ahead, an hour behind, and right again");
}

void of_a_node(bench& on) { jumps(on, on.nodes().shim_of(on.any_node())); }

void of_the_server(bench& on) {
  const auto took = on.nodes().log_lines_with("taking over from");
  jumps(on, on.nodes().shim_of_store());
  on.saw(std::to_string(on.nodes().log_lines_with("taking over from") - took) + " take-overs");
}

void of_both(bench& on) {
  of_a_node(on);
  of_the_server(on);
}

} // namespace

std::vector<fault> faults_of_the_clock() {
  return {{"F12", "clocks jump by an hour",
           "the wall clock of a node, then of PostgreSQL: ahead, behind, and right again",
           "nothing but leases is touched; order is by position, not by time", true, of_both}};
}

} // namespace drill
