// The results as a table for a terminal, and as the page docs/benchmarks.md.
#pragma once

#include "tests/bench/report/results.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bench {

/// `measure · Stele · bare · ratio (min, median, max) · goal · reached|missed|wrong|skipped`. With `named`, skipped
/// ones are left out.
std::string text_table(const std::vector<verdict>& of, bool leave_out_skipped);

/// What was measured on: name and value, as `CPU`.
using facts = std::vector<std::pair<std::string, std::string>>;

std::string page(const std::vector<verdict>& of, const facts& machine);

/// Of this machine and this build; nothing that names it.
facts facts_here(const std::string& postgres_version);

} // namespace bench
