// The commands of a program, as they are typed.
#pragma once

#include "actors/registry.hpp"
#include "app/config.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace stele {

/// What a command line asks for.
struct run_node {
  config settings;
};
struct print_text { ///< `--help`, `--version`, `node --print-config`.
  std::string text;
};
struct bad_usage {
  std::string why;
};
/// A command that answers its exit code; the registry must outlive it.
using run_command = std::function<int()>;

using command_line = std::variant<run_node, run_command, print_text, bad_usage>;

/// Reads arguments (without the program's name) and the configuration they speak of.
command_line parse_command_line(const std::string& program, const std::vector<std::string>& arguments,
                                const registry& hosted);

} // namespace stele
