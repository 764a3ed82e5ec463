// Loaded before libc into a process whose disk or clock a drill wants to be bad: `LD_PRELOAD`, and `STELE_SHIM` names
// the file that says how bad. What waits until a time of the wall clock waits as long as it would have.
#include "tests/drills/shim/shim_control.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace {

drill::shim_control nothing{};
drill::shim_control* control = &nothing;

constexpr std::int64_t second_ns = 1'000'000'000, ms_ns = 1'000'000;

__attribute__((constructor)) void open_control() {
  const char* file = ::getenv("STELE_SHIM");
  const int opened = file ? ::open(file, O_RDWR | O_CLOEXEC) : -1;
  if (opened < 0) return;
  void* found = ::mmap(nullptr, sizeof(drill::shim_control), PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  ::close(opened);
  if (found != MAP_FAILED) control = static_cast<drill::shim_control*>(found);
}

void add(timespec& to, std::int64_t ms) {
  const std::int64_t all = to.tv_sec * second_ns + to.tv_nsec + ms * ms_ns;
  to.tv_sec = all / second_ns;
  to.tv_nsec = all % second_ns;
}

timespec real_time() {
  timespec now{};
  ::syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  add(now, control->clock_ahead_ms);
  return now;
}

/// True: this one is to fail.
bool bad_sync() {
  if (const std::int64_t ms = control->sync_ms; ms > 0) ::poll(nullptr, 0, static_cast<int>(ms)); // This is the fault.
  auto left = control->syncs_to_fail.load();
  while (left > 0 && !control->syncs_to_fail.compare_exchange_weak(left, left - 1)) {}
  if (left > 0) errno = EIO;
  return left > 0;
}

timespec as_libc_has_it(const timespec* until) {
  auto it = *until;
  add(it, -control->clock_ahead_ms);
  return it;
}

} // namespace

extern "C" {

int clock_gettime(clockid_t which, timespec* to) noexcept {
  if (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)
    return static_cast<int>(::syscall(SYS_clock_gettime, which, to));
  *to = real_time();
  return 0;
}

int gettimeofday(timeval* to, void*) noexcept {
  const auto now = real_time();
  *to = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* to) noexcept {
  const auto now = real_time();
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}

int fsync(int file) { return bad_sync() ? -1 : static_cast<int>(::syscall(SYS_fsync, file)); }

int fdatasync(int file) { return bad_sync() ? -1 : static_cast<int>(::syscall(SYS_fdatasync, file)); }

int pthread_cond_timedwait(pthread_cond_t* on, pthread_mutex_t* under, const timespec* until) {
  using function = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static const auto next = reinterpret_cast<function>(::dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"));
  const auto when = as_libc_has_it(until);
  return next(on, under, &when);
}

int pthread_cond_clockwait(pthread_cond_t* on, pthread_mutex_t* under, clockid_t which, const timespec* until) {
  using function = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto next = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  const auto when = which == CLOCK_REALTIME ? as_libc_has_it(until) : *until;
  return next(on, under, which, &when);
}

} // extern "C"
