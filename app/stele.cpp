#include "app/stele.hpp"

#include "app/command_line.hpp"

#include <cstdio>
#include <filesystem>
#include <utility>

namespace stele {

namespace {

int run_node_of(config settings, void (*assemble)(runtime&)) {
  runtime program(std::move(settings));
  assemble(program);
  return program.run();
}

} // namespace

int run(int argc, char** argv, void (*assemble)(runtime&)) {
  runtime names(in_memory()); // Never started: commands look up in it what the program hosts.
  assemble(names);
  const auto program = std::filesystem::path(argc > 0 ? argv[0] : "stele").filename().string();
  auto asked = parse_command_line(program, {argv + (argc > 0), argv + argc}, names.hosted());
  if (auto* node = std::get_if<run_node>(&asked)) return run_node_of(std::move(node->settings), assemble);
  if (auto* command = std::get_if<run_command>(&asked)) return (*command)();
  if (auto* text = std::get_if<print_text>(&asked)) return std::fputs(text->text.c_str(), stdout) < 0 ? 1 : 0;
  std::fprintf(stderr, "%s\n", std::get<bad_usage>(asked).why.c_str());
  return 2;
}

} // namespace stele
