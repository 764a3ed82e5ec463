#include "tests/drills/node_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace drill {

child_process::child_process(const std::vector<std::string>& command, const std::string& log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  if (!log.empty())
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int failed = posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  out_ = ends[0];
  if (failed != 0) {
    close(out_);
    throw std::runtime_error("can't start " + command[0] + ": " + std::strerror(failed));
  }
}

child_process::~child_process() {
  if (pid_ > 0) {
    signal(SIGKILL);
    wait();
  }
  close(out_);
}

bool child_process::read_line(std::string& line) {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return true;
    }
    char bytes[4096];
    const auto got = ::read(out_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(got));
  }
}

bool child_process::wait_for_output(std::uint64_t limit_ms) {
  pollfd output{out_, POLLIN, 0};
  return poll(&output, 1, static_cast<int>(limit_ms)) == 1;
}

void child_process::signal(int number) { ::kill(pid_, number); }

bool child_process::wait_for_end(std::uint64_t limit_ms) {
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  pollfd end{process, POLLIN, 0};
  const int ended = ::poll(&end, 1, static_cast<int>(limit_ms));
  ::close(process);
  return ended == 1;
}

int child_process::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> node_command(const std::string& program, const std::string& store) {
  return {program, "node", "--store.uri=" + store, "--http.port=0", "--gateway.port=0", "--log.level=warning"};
}

node_process::node_process(const std::string& program, const std::string& store)
    : child_(node_command(program, store)) {
  const std::string mark = "ready http=";
  for (std::string line; child_.read_line(line);) {
    if (line.rfind(mark, 0) != 0) continue;
    const auto address = line.substr(mark.size(), line.find(' ', mark.size()) - mark.size());
    port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    return;
  }
  throw std::runtime_error("the node ended before it was ready, with exit status " + std::to_string(child_.wait()));
}

void node_process::kill() {
  child_.signal(SIGKILL);
  child_.wait();
}

int node_process::terminate() {
  child_.signal(SIGTERM);
  for (std::string line; child_.read_line(line);) {}
  return child_.wait();
}

} // namespace drill
