// Work divided among processes, one a core: a simulation is one thread, and its world is its process.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace stele::simulated {

/// Calls `work(0)` … `work(count - 1)`, each in a process of its own, and returns what each returned. Ends the program
/// when one of them does not end well.
std::vector<std::string> in_processes(std::size_t count, const std::function<std::string(std::size_t)>& work);

} // namespace stele::simulated
