// What a simulated cluster hosts, what its clients want of it, and what must be true of it.
#pragma once

#include "actors/registry.hpp"
#include "tests/kit/simulated/dice.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stele::simulated {

/// A command as a client sends it.
struct wanted {
  std::string stream_id, type, body;
};

/// An invariant that does not hold.
struct violation {
  std::string invariant, found;
};

/// Holds the invariants of a domain in one run.
class watcher {
public:
  virtual ~watcher() = default;

  /// The events of one command, all of one stream, and the state of the stream after them. Nothing: all is well.
  virtual std::optional<violation> stored(std::span<const recorded_event> events, const any_state& after) = 0;
};

/// Shared by all runs. The functions keep nothing between calls, or the same seed would not give the same run.
struct domain {
  registry hosted;

  /// What a client wants next, of one of so many streams of each aggregate.
  std::function<wanted(dice&, std::uint32_t streams)> next;

  /// Its views as release 2, 3, … has them: the same ones in the same order, with raised versions. Empty: views are
  /// never raised.
  std::function<std::vector<std::shared_ptr<const view_type>>(std::uint32_t release)> views_of;

  /// A watcher for one run; empty: there are no invariants but those of the runtime.
  std::function<std::unique_ptr<watcher>()> watch;
};

} // namespace stele::simulated
