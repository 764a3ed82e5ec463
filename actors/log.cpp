#include "actors/log.hpp"

#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace stele {

namespace {

void write_to_stderr(log_level level, std::string_view message) {
  std::string line(to_string(level));
  line.append(": ").append(message).append("\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

/// The one thing of the process that lines go through.
struct log_output {
  std::atomic<log_level> least{log_level::info};
  std::mutex guard;
  std::shared_ptr<const log_sink> sink = std::make_shared<const log_sink>(write_to_stderr);

  std::shared_ptr<const log_sink> current() {
    std::lock_guard lock(guard);
    return sink;
  }
};

log_output& output() {
  static log_output only;
  return only;
}

} // namespace

void log(log_level level, std::string_view message) {
  if (level < output().least.load(std::memory_order_relaxed)) return;
  (*output().current())(level, message);
}

void set_log_level(log_level least) { output().least.store(least, std::memory_order_relaxed); }

void set_log_sink(log_sink sink) {
  auto next = std::make_shared<const log_sink>(sink ? std::move(sink) : write_to_stderr);
  std::lock_guard lock(output().guard);
  output().sink = std::move(next);
}

std::string_view to_string(log_level level) {
  switch (level) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    return "error";
  }
  return "error";
}

} // namespace stele
