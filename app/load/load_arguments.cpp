#include "app/load/load_arguments.hpp"

#include "app/folded_text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace stele::load {

void add_load_arguments(CLI::App& to, load_options& into) {
  auto& load = into.load;
  to.add_option("--actors", load.actors, "Clients, each an actor with orders of its own; built-in 100.")
      ->check(CLI::Range(1, 1'000'000));
  auto* rate = to.add_option("--rate", load.rate,
                             "Operations a second by a fixed schedule, which latency counts from; built-in 1000.")
                   ->check(CLI::Range(0.1, 10e6));
  to.add_flag("--closed", load.closed, "No schedule: each actor sends when it has its answer.")->excludes(rate);
  to.add_option("--duration", into.duration, "Of what is measured, as 500ms, 20s, 5m; built-in 10s.")
      ->type_name("TIME");
  to.add_option("--warm-up", into.warm_up, "Before it; built-in 1s.")->type_name("TIME");
  to.add_option("--mix", into.mix, folded("KIND=WEIGHT,… ; built-in: " + std::string(default_mix)));
  to.add_option("--orders", load.orders, "Open at a time; at least one for each actor.")
      ->check(CLI::Range(1, 10'000'000));
  to.add_option("--zipf", load.zipf, "Exponent: some orders are chosen more often; 0: all alike.")
      ->check(CLI::Range(0.0, 5.0));
  to.add_option("--hot", into.hot_percent, "Percent of the operations that go to one order.")
      ->check(CLI::Range(0.0, 100.0));
  to.add_option("--seed", load.seed, "Of all choices.");
  to.add_option("--in-flight", load.in_flight_max, "Operations under way at most; then the schedule waits.")
      ->check(CLI::Range(1, 1'000'000));
  to.add_option("--check", load.check_max,
                "Former orders remembered to be read back at the end, about; beside the open ones.")
      ->check(CLI::Range(0, 10'000'000));
  to.add_option("--connections", into.connections, "To the node; built-in 256 over HTTP, 4 over CAF.")
      ->check(CLI::Range(1, 10'000));
}

} // namespace stele::load
