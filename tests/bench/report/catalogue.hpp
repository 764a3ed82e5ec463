// Every measure of the benchmarks: what is compared with what, and what it should reach.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// How much is measured: less than a minute; some minutes; and what needs millions of orders or events.
enum class scale { quick, usual, full };

enum class goal_kind {
  ratio_at_least, ///< Stele ÷ bare.
  ratio_at_most,
  value_at_most ///< Stele's own figure; nothing is beside it.
};

struct goal {
  goal_kind kind = goal_kind::ratio_at_least;
  double limit = 0;
};

struct measure {
  std::string name;    ///< As `--only` takes it.
  std::string program; ///< Of tests/bench, that measures it.
  std::string what;    ///< A sentence without its full stop.
  std::string beside;  ///< What it is held against.
  std::string unit;
  goal wanted;
  scale from = scale::quick; ///< The least scale it is measured at.
};

/// In the order of the table.
const std::vector<measure>& catalogue();

/// Null when there is none of that name.
const measure* find_measure(const std::string& name);

} // namespace bench
