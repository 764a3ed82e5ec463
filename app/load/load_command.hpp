// `stele load`, as it is typed and as it runs.
#pragma once

#include "actors/registry.hpp"
#include "app/admin/node_address.hpp"
#include "app/config.hpp"
#include "app/load/load_run.hpp"
#include "app/load/site.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::load {

/// What the command line says.
struct load_options {
  load_settings load;
  std::string mix, duration = "10s", warm_up = "1s";
  double hot_percent = 0;
  endpoints nodes; ///< None, and no gateways either: a node in this process.
  far_gateways gateways;
  std::size_t connections = 0; ///< 0: 256 over HTTP, 4 over CAF.
  std::string report, history;
  bool json = false;
};

/// Seconds of `500ms`, `20s`, `5m` or a plain `20`; nothing when it is none of these.
std::optional<double> read_duration(std::string_view text);

/// How `--node` and `--gateway` are typed. The files of `node` are the gateway's, too, when names for it are given; a
/// node that is asked in plain has no use for them.
struct target_words {
  admin::node_words node;
  std::string gateway;
  std::vector<std::string> gateway_names;
};

/// Where the words lead; a sentence when that can't be.
std::optional<std::string> find_target(target_words words, const http_settings& settings, load_options& into);

/// Completes and checks; a sentence when something can't be.
std::optional<std::string> complete(load_options& it);

/// The exit code: 0; 1 when an answer was wrong or missing, or something could not be opened or written.
int run_load_command(const load_options& it, const config& settings, const registry& hosted);

} // namespace stele::load
