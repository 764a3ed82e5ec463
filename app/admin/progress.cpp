#include "app/admin/progress.hpp"

#include "actors/clock.hpp"
#include "app/admin/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace stele::admin {

namespace {

constexpr std::int64_t pause_us = 200'000;
constexpr std::size_t bar_width = 20;

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

std::string progress_bar(const std::string& what, std::uint64_t done, std::uint64_t total, double seconds) {
  const double part = total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto full = static_cast<std::size_t>(part * static_cast<double>(bar_width));
  char percent[8];
  std::snprintf(percent, sizeof percent, "%3d %%", static_cast<int>(part * 100));
  std::string text = what + " [" + std::string(full, '#') + std::string(bar_width - full, '-') + "] " + percent + "  " +
                     grouped(done) + " of " + grouped(std::max(done, total)) + " events";
  if (seconds <= 0 || done == 0) return text;
  const double rate = static_cast<double>(done) / seconds;
  const auto left = std::ceil(static_cast<double>(total - std::min(done, total)) / rate);
  return text + "  " + grouped(static_cast<std::uint64_t>(rate)) + "/s  " + grouped(static_cast<std::uint64_t>(left)) +
         " s left";
}

} // namespace stele::admin
