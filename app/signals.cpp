#include "app/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace stele {

namespace {

// What a signal handler may touch: a file descriptor that is made before the handler is, and a flag.
int ended = -1;
volatile std::sig_atomic_t asked = 0;

extern "C" void stele_on_end(int) {
  constexpr char words[] = "ended at once by a second signal\n";
  if (asked != 0) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words, sizeof words - 1);
    ::_exit(1);
  }
  asked = 1;
  const auto saved = errno;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(ended, &one, sizeof one);
  errno = saved;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

} // namespace

void take_signals() {
  if (ended < 0) ended = ::eventfd(0, EFD_CLOEXEC);
  handle(SIGTERM, stele_on_end);
  handle(SIGINT, stele_on_end);
  handle(SIGHUP, SIG_IGN);
  handle(SIGPIPE, SIG_IGN);
}

void end_now() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(ended, &one, sizeof one);
}

bool wait_for_end(int limit_ms) {
  pollfd one{ended, POLLIN, 0};
  int found = 0;
  do found = ::poll(&one, 1, limit_ms);
  while (found < 0 && errno == EINTR);
  return found > 0;
}

} // namespace stele
