// Puts a load on a target: prepares, warms up, measures, checks.
#pragma once

#include "app/admin/findings.hpp"
#include "app/load/history_file.hpp"
#include "app/load/mix.hpp"
#include "app/load/recorder.hpp"
#include "app/load/target.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <optional>
#include <string>

namespace stele::load {

struct load_settings {
  std::size_t actors = 100;
  double rate = 1000;     ///< Operations a second, of an open loop.
  bool closed = false;    ///< Each actor sends when it has its answer; no rate.
  double duration_s = 10; ///< Of what is measured.
  double warm_up_s = 1;   ///< Before it.
  std::size_t orders = 0; ///< Open at a time; 0: one for each actor.
  double zipf = 0;        ///< Exponent; 0: all orders alike.
  double hot_share = 0;   ///< Of the operations that go to one order; 0 to 1.
  mix kinds;
  std::uint64_t seed = 1;
  std::size_t in_flight_max = 8192;
  std::size_t check_max = 100'000;   ///< Orders read back at the end, about.
  std::int64_t wait_ms_max = 60'000; ///< For answers when the time is over.
  std::string run;                   ///< Begins every id.
  std::string begun;                 ///< When, for reports only; may be empty.
};

/// What is shown while it goes on.
struct load_progress {
  std::string phase; ///< `preparing`, `warming up`, `measuring`, `waiting`, `checking`.
  double at_s = 0;
  std::optional<second> last;   ///< While it warms up and measures.
  std::uint64_t operations = 0; ///< Sent so far.
  std::size_t under_way = 0;    ///< Operations, or clients that prepare or check.
  bool wrong = false;           ///< Some answer was.
};

struct load_result {
  record measured;
  double measured_s = 0;        ///< From the first measured operation to the last answer.
  double prepared_s = 0;        ///< What it took to create the orders.
  std::uint64_t prepared = 0;   ///< Orders created before.
  std::uint64_t scheduled = 0;  ///< Operations of the measured schedule; 0 of a closed loop.
  std::uint64_t not_sent = 0;   ///< Of them, those the load did not come to in time.
  std::uint64_t unanswered = 0; ///< At the end of `wait_ms_max`.
  std::uint64_t unresolved = 0; ///< Commands whose outcome stayed unknown, though sent again at the end.
  std::uint64_t operations = 0; ///< All, with those before and after what was measured.
  std::uint64_t orders_checked = 0;
  bool interrupted = false;
  std::vector<std::string> nodes; ///< Where clients began, as `record::without_commands` has them.
  admin::findings wrong;
};

/// What a run needs from the outside. `stop` waits so many milliseconds and answers true as soon as the run is to end.
struct load_surroundings {
  caf::actor_system& system; ///< Of the client actors; destroyed only after the run.
  target& node;
  history_file& history;
  std::function<bool(std::int64_t)> stop;
  std::function<void(const load_progress&)> show;
};

/// Blocks until all is done.
load_result run_load(const load_surroundings& around, const load_settings& settings);

} // namespace stele::load
