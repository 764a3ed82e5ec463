#include "app/config.hpp"

#include "app/settings_list.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace stele {

namespace {

constexpr std::string_view blank = " \t\r";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// A comment begins the line or follows white space, so that a value may hold `#` and `;` inside.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if ((line[i] == ';' || line[i] == '#') && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return trim(line.substr(0, i));
  return trim(line);
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

bool is_section(std::string_view name) {
  for (const auto& it : settings_list())
    if (it.section == name) return true;
  return false;
}

std::string sections() {
  std::string names;
  std::string_view last;
  for (const auto& it : settings_list()) {
    if (it.section != last) names += (names.empty() ? "" : ", ") + it.section;
    last = it.section;
  }
  return names;
}

std::string keys_of(std::string_view section) {
  std::string names;
  for (const auto& it : settings_list())
    if (it.section == section) names += (names.empty() ? "" : ", ") + it.key;
  return names;
}

config_error unknown_setting(std::string_view name, std::string_view where) {
  const auto section = name.substr(0, name.find('.'));
  const auto wanted = is_section(section) ? "section " + std::string(section) + " has " + keys_of(section)
                                          : "wanted section.key with a section of " + sections();
  return {std::string(where) + ": no setting is called '" + std::string(name) + "'; " + wanted};
}

// Reads line after line and remembers the section and what was set before.
class ini_reader {
public:
  ini_reader(config& into, std::string_view file) : into_(into), file_(file) {}

  std::optional<config_error> line(std::string_view text) {
    ++number_;
    const auto it = without_comment(text);
    if (it.empty()) return std::nullopt;
    return it.front() == '[' ? section(it) : assignment(it);
  }

private:
  std::string where() const { return std::string(file_) + ':' + std::to_string(number_); }

  config_error wrong(const std::string& what) const { return {where() + ": " + what}; }

  std::optional<config_error> section(std::string_view it) {
    if (it.back() != ']') return wrong("wanted [section], found '" + std::string(it) + "'");
    section_ = trim(it.substr(1, it.size() - 2));
    if (is_section(section_)) return std::nullopt;
    return wrong("no section is called '" + section_ + "'; wanted one of " + sections());
  }

  std::optional<config_error> assignment(std::string_view it) {
    const auto equals = it.find('=');
    if (equals == std::string_view::npos) return wrong("wanted 'key = value', found '" + std::string(it) + "'");
    const std::string key(trim(it.substr(0, equals)));
    if (section_.empty()) return wrong("'" + key + "' stands before the first [section]; wanted one of " + sections());
    const auto name = section_ + '.' + key;
    if (!seen_.insert(name).second) return wrong(name + " is set a second time; keep one");
    return set_setting(into_, name, without_quotes(trim(it.substr(equals + 1))), where());
  }

  config& into_;
  std::string_view file_;
  std::size_t number_ = 0;
  std::string section_;
  std::set<std::string> seen_;
};

// A relative file of the store counts from `folder`.
void anchor_store(config& it, const std::filesystem::path& folder) {
  constexpr std::string_view scheme = "sqlite:";
  if (it.store.uri.rfind(scheme, 0) != 0) return;
  const std::filesystem::path file = it.store.uri.substr(scheme.size());
  if (file.is_relative() && !folder.empty()) it.store.uri = std::string(scheme) + (folder / file).string();
}

// So do the files of the doors.
void anchor_doors(config& it, const std::filesystem::path& folder) {
  auto &clients = it.gateway.tls, &nodes = it.cluster.tls;
  for (auto* file :
       {&it.http.certificate, &it.http.private_key, &it.http.client_authority, &it.http.keys, &clients.certificate,
        &clients.private_key, &clients.authority, &nodes.certificate, &nodes.private_key, &nodes.authority})
    if (!file->empty() && std::filesystem::path(*file).is_relative() && !folder.empty())
      *file = (folder / *file).string();
}

std::optional<config_error> read_file(config& into, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) return config_error{file + ": can't be read; wanted an INI file, see --config"};
  return read_ini(into, text, file);
}

} // namespace

config in_memory() {
  config it;
  it.store.uri = "memory:";
  it.http.port = 0;
  it.gateway.port = 0;
  it.cluster.port = 0;
  it.log_level = "warning";
  return it;
}

std::optional<config_error> set_setting(config& into, std::string_view name, std::string_view value,
                                        std::string_view where) {
  const auto* it = find_setting(name);
  if (it == nullptr) return unknown_setting(name, where);
  if (it->read(into, value)) return std::nullopt;
  return config_error{std::string(where) + ": " + it->name() + " wants " + it->wanted + ", found '" +
                      std::string(value) + "'"};
}

std::optional<config_error> read_ini(config& into, std::string_view text, std::string_view name) {
  ini_reader reader(into, name);
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto error = reader.line(text.substr(0, end))) return error;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

configured<config> read_config(const config_request& from) {
  config made;
  const std::string file = from.file.value_or("config.ini");
  if (from.file || std::filesystem::is_regular_file(file)) {
    if (auto error = read_file(made, file)) return *error;
    anchor_store(made, std::filesystem::path(file).parent_path());
    anchor_doors(made, std::filesystem::path(file).parent_path());
  }
  for (const auto& [name, value] : from.overrides)
    if (auto error = set_setting(made, name, value, "--" + name)) return *error;
  return made;
}

} // namespace stele
