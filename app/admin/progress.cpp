#include "app/admin/progress.hpp"

#include "actors/clock.hpp"

#include <unistd.h>

#include <cstdio>

namespace stele::admin {

namespace {

constexpr std::int64_t pause_us = 200'000;

} // namespace

progress_line::progress_line() : terminal_(::isatty(STDERR_FILENO) != 0), began_us_(system_clock().steady_us()) {}

progress_line::~progress_line() { clear(); }

void progress_line::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

void progress_line::show(const std::string& text) {
  const auto now = system_clock().steady_us();
  if (!terminal_ || (shown_ && now - last_us_ < pause_us)) return;
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
  shown_ = true;
  last_us_ = now;
}

double progress_line::seconds() const { return static_cast<double>(system_clock().steady_us() - began_us_) / 1e6; }

} // namespace stele::admin
