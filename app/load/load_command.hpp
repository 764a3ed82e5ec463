// `stele load`, as it is typed and as it runs.
#pragma once

#include "actors/registry.hpp"
#include "app/config.hpp"
#include "app/load/load_run.hpp"
#include "app/load/site.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stele::load {

/// What the command line says.
struct load_options {
  load_settings load;
  std::string mix, duration = "10s", warm_up = "1s";
  double hot_percent = 0;
  endpoints nodes, gateways;   ///< Neither: a node in this process.
  std::size_t connections = 0; ///< 0: 256 over HTTP, 4 over CAF.
  std::string report, history;
  bool json = false;
};

/// Seconds of `500ms`, `20s`, `5m` or a plain `20`; nothing when it is none of these.
std::optional<double> read_duration(std::string_view text);

/// Completes and checks; a sentence when something can't be.
std::optional<std::string> complete(load_options& it);

/// The exit code: 0; 1 when an answer was wrong or missing, or something could not be opened or written.
int run_load_command(const load_options& it, const config& settings, const registry& hosted);

} // namespace stele::load
