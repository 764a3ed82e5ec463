// `stele load` beside a drill, with a history, and in the end `stele check` of it.
#pragma once

#include "tests/drills/node_process.hpp"

#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace drill {

/// What the clients of a load were told in a time.
struct told_in_a_time {
  std::size_t done = 0, commands = 0;          ///< Operations; of these, commands.
  std::map<std::string, std::size_t> refusals; ///< By outcome and code.
  std::vector<double> took_ms;                 ///< From the sending, of what was done.

  void add(const told_in_a_time& it);
};

/// An operation nobody knows the outcome of. Times in microseconds of the monotonic clock.
struct unknown_outcome {
  std::string line;
  std::uint64_t from_us = 0, to_us = 0;
};

/// A command that was answered for good, to be sent once more.
struct done_command {
  std::string key, order_id, type, body;
  std::uint64_t version = 0;
};

/// What `stele check` said of a history.
struct checked_history {
  bool clean = false;
  std::uint64_t operations = 0, unknown = 0;
};

/// One process with its clients. Begins at once.
class recorded_load {
public:
  /// `where`: `--node` or `--gateway`, with the addresses. `folder`: for its history and its log.
  recorded_load(const std::string& program, const std::string& name, std::vector<std::string> where, double rate,
                const std::string& folder);

  told_in_a_time take();                      ///< Since the last call, as far as it stands in the file.
  void end(std::vector<std::string>& broken); ///< Lets it finish and judge. Wrong or missing answers are broken.
  checked_history check(const std::string& store, std::vector<std::string>& broken); ///< After `end`, without nodes.

  const std::vector<unknown_outcome>& unknown() const { return unknown_; }
  const std::vector<done_command>& done() const { return done_; } ///< Some of them.

private:
  void read(const std::string& line, told_in_a_time& to);

  std::string program_, name_, history_;
  child_process child_;
  std::ifstream in_;
  std::string begun_; ///< A line that is not whole yet.
  std::vector<unknown_outcome> unknown_;
  std::vector<done_command> done_;
};

/// Microseconds of the clock of histories.
std::uint64_t history_now_us();

} // namespace drill
