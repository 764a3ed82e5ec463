// What a program is configured with: built-in values, then config.ini, then the command line.
#pragma once

#include "actors/settings.hpp"
#include "app/cluster/settings.hpp"
#include "app/gateway/settings.hpp"
#include "app/http/settings.hpp"
#include "persistence/store.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

/// Every setting of a program, with its built-in value. `app/settings_list.cpp` names each for config.ini.
struct config {
  std::string node_name = "stele";
  std::int64_t drain_ms_max = 10'000;
  std::string log_level = "info";
  std::size_t scheduler_threads = 0; ///< 0: one for each core but one.
  std::size_t scheduler_messages_max = 300;
  store_options store{.uri = "sqlite:stele-data/stele.db"};
  http_settings http;
  gateway_settings gateway;
  cluster_settings cluster;
  actor_settings actors; ///< The doors take `query_wait_ms_max` and `page_size_max` from here.
};

/// Settings of a program whose store lives in memory and whose ports are any free ones: for trials and tests.
config in_memory();

/// Why a configuration can't be used: where, which setting, what was wanted, what was found.
struct config_error {
  std::string what;
};

template <class T>
using configured = boost::system::result<T, config_error>;

/// Where a configuration comes from.
struct config_request {
  std::optional<std::string> file;                            ///< Absent: ./config.ini if it is there.
  std::vector<std::pair<std::string, std::string>> overrides; ///< `store.uri` and its value, from the command line.
};

/// Reads all of it. Relative paths in the file count from the file's folder, those of the command line from the
/// current.
configured<config> read_config(const config_request& from);

/// Reads the text of an INI file into `into`. `name` is what errors call the file.
std::optional<config_error> read_ini(config& into, std::string_view text, std::string_view name);

/// Sets one setting by its full name, as `http.port`. `where` begins the error, as `config.ini:7` or `--http.port`.
std::optional<config_error> set_setting(config& into, std::string_view name, std::string_view value,
                                        std::string_view where);

} // namespace stele
