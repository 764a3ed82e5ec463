// A failing run, told in words.
#pragma once

#include "tests/kit/simulated/run.hpp"

#include <string>

namespace stele::simulated {

/// The plan, what was done to the cluster, the last that happened to the shard concerned, what was wanted and what was
/// found. The run kept its story.
std::string story_of(const plan& it, const run_result& result);

/// `17 of 130 actions are enough`, and the story of the run made small.
std::string shrunk_story_of(const plan& it, const domain& of);

} // namespace stele::simulated
