#include "app/logging.hpp"

#include "actors/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace stele {

namespace {

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    break;
  }
  return spdlog::level::err;
}

log_level parse_level(std::string_view text) {
  for (auto level : {log_level::debug, log_level::info, log_level::warning})
    if (to_string(level) == text) return level;
  return log_level::error;
}

} // namespace

void set_up_logging(std::string_view node_name, std::string_view level) {
  auto logger =
      std::make_shared<spdlog::logger>(std::string(node_name), std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %n: %v");
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::debug);
  set_log_sink([logger](log_level at, std::string_view message) {
    logger->log(spdlog_level(at), escape_control_characters(message));
  });
  set_log_level(parse_level(level));
}

std::string escape_control_characters(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string escaped;
  escaped.reserve(text.size());
  for (unsigned char c : text) {
    if (c >= 0x20 && c != 0x7f)
      escaped += static_cast<char>(c);
    else
      escaped.append("\\x").append(1, digits[c >> 4]).append(1, digits[c & 15]);
  }
  return escaped;
}

} // namespace stele
