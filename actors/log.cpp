#include "actors/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace stele {

namespace {

constexpr auto logger_name = "stele";

std::shared_ptr<spdlog::logger> stderr_logger() {
  try {
    return spdlog::stderr_logger_mt(logger_name);
  } catch (const spdlog::spdlog_ex&) { // Another thread was first to register it.
    return spdlog::get(logger_name);
  }
}

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::err;
}

} // namespace

void log(log_level level, std::string_view message) {
  auto logger = spdlog::get(logger_name);
  if (!logger) logger = stderr_logger();
  if (logger) logger->log(level_of(level), message);
}

} // namespace stele
