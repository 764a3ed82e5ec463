// The one table of settings: names, units, ranges and reasons. config.ini, `--help` and the checks are made from it.
#pragma once

#include "app/config.hpp"

#include <functional>
#include <string>
#include <vector>

namespace stele {

/// One setting, as `http.port`.
struct setting {
  std::string section, key;
  std::string unit;   ///< `ms`, `bytes`, …; empty where there is none.
  std::string wanted; ///< What a value must be: `a whole number from 0 to 65535`.
  std::string reason; ///< What it does, and why one would change it.
  std::function<std::string(const config&)> show;
  std::function<bool(config&, std::string_view)> read; ///< False, and nothing changed: the value is not as wanted.

  std::string name() const { return section + '.' + key; }
};

/// All of them, grouped by section, in the order config.ini shows them.
const std::vector<setting>& settings_list();

/// Null when there is no such setting.
const setting* find_setting(std::string_view name);

/// What `--help` says of a setting: reason, unit, range and default in one line.
std::string describe(const setting& it);

/// The text of config.ini with every setting at its built-in value.
std::string config_ini_text();

} // namespace stele
