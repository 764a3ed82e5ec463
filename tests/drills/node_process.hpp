// A node in a process of its own, so that it can be killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace drill {

/// Starts a program with its standard output in a pipe. Throws `std::runtime_error` when it can't be started.
class child_process {
public:
  /// `log`: the file its standard error is appended to; empty: that of this process.
  explicit child_process(const std::vector<std::string>& command, const std::string& log = {});
  ~child_process(); ///< Kills it if it still runs.
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  bool read_line(std::string& line);            ///< The next line it prints; false at the end.
  bool wait_for_output(std::uint64_t limit_ms); ///< True: there is some, or it has ended.
  pid_t id() const { return pid_; }
  void signal(int number);
  bool wait_for_end(std::uint64_t limit_ms); ///< True: it has ended, and `wait` returns at once.
  int wait();                                ///< Its exit status; 128 + the signal that ended it.

private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string unread_;
};

/// The words that start `stele node` on a store, on ports of its choice.
std::vector<std::string> node_command(const std::string& program, const std::string& store);

/// `stele node` on a store, ready when the constructor returns.
class node_process {
public:
  node_process(const std::string& program, const std::string& store);

  std::uint16_t port() const { return port_; } ///< Of its HTTP door.
  void kill();                                 ///< SIGKILL, and waits until it is gone.
  int terminate();                             ///< SIGTERM; its exit status.

private:
  child_process child_;
  std::uint16_t port_ = 0;
};

} // namespace drill
