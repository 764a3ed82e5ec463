#include "tests/simulate/processes.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace stele::simulated {

namespace {

struct child {
  pid_t process = 0;
  int out = -1; ///< Read until its end.
};

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(to, text.data() + at, text.size() - at);
    if (written <= 0) _exit(1);
    at += static_cast<std::size_t>(written);
  }
}

child start(std::size_t number, const std::function<std::string(std::size_t)>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process < 0) std::abort();
  if (process > 0) {
    close(ends[1]);
    return {process, ends[0]};
  }
  close(ends[0]);
  write_all(ends[1], work(number));
  _exit(0);
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got; (got = read(from, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  close(from);
  return text;
}

} // namespace

std::vector<std::string> in_processes(std::size_t count, const std::function<std::string(std::size_t)>& work) {
  std::vector<child> children;
  for (std::size_t i = 0; i < count; ++i) children.push_back(start(i, work));
  std::vector<std::string> results;
  for (const child& it : children) {
    results.push_back(read_all(it.out));
    int status = 0;
    waitpid(it.process, &status, 0);
    if (status == 0) continue;
    std::fprintf(stderr, "a process of the simulation ended by signal %d, status %d\n", WTERMSIG(status),
                 WEXITSTATUS(status));
    std::exit(1);
  }
  return results;
}

} // namespace stele::simulated
