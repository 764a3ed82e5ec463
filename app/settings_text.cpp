#include "app/settings_list.hpp"

namespace stele {

namespace {

std::string default_of(const setting& it) {
  const auto shown = it.show(config{});
  return it.unit.empty() ? shown : shown + ' ' + it.unit;
}

// Folds a text into comment lines no longer than an editor is wide.
std::string comment(std::string_view text) {
  constexpr std::size_t width = 110;
  std::string lines;
  while (text.size() > width) {
    const auto cut = text.rfind(' ', width);
    lines.append("; ").append(text.substr(0, cut)).append("\n");
    text.remove_prefix(cut + 1);
  }
  return lines.append("; ").append(text).append("\n");
}

} // namespace

std::string describe(const setting& it) {
  return it.reason + " Wanted: " + it.wanted + ". Default: " + default_of(it) + '.';
}

std::string config_ini_text() {
  std::string text =
      "; Settings of a Stele node, each at its built-in value. A node without this file works the same.\n"
      "; Every one can be given on the command line as well: stele node --http.port=8081\n";
  std::string section;
  for (const auto& it : settings_list()) {
    if (it.section != section) text += "\n[" + (section = it.section) + "]\n";
    text += comment(describe(it)) + it.key + " = " + it.show(config{}) + '\n';
  }
  return text;
}

} // namespace stele
