// Runs a piece of a test in a process of its own, as what is about signals and exit codes must.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace stele {

/// A child whose stdout and stderr come through one pipe. Fork it while the test has no threads.
class child_process {
public:
  explicit child_process(const std::function<int()>& body) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      const int code = body();
      std::fflush(nullptr);
      ::_exit(code);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }

  ~child_process() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      wait();
    }
    std::fclose(output_);
  }

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// The next line it printed, without its end; empty when there are no more.
  std::string line() {
    std::string text;
    for (int c = std::fgetc(output_); c != EOF && c != '\n'; c = std::fgetc(output_)) text += static_cast<char>(c);
    return text;
  }

  void signal(int number) const { ::kill(id_, number); }

  /// Its exit code; minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

private:
  pid_t id_ = 0;
  std::FILE* output_ = nullptr;
};

} // namespace stele
