#include "app/security/certificate_folder.hpp"

#include "app/security/certificates.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace stele::security {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t day = 24 * 3600;
constexpr std::int64_t clocks_differ = 300; // Seconds: a certificate is good for a machine whose clock is behind.
constexpr std::int64_t authority_days = 3650;
constexpr std::size_t name_length_max = 64;

struct wanted_one {
  std::string name;
  std::vector<std::string> names;
  purpose what;
};

bool is_good(const std::string& name, std::string_view also) {
  const auto fits = [&](unsigned char c) {
    return std::isalnum(c) != 0 || also.find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= name_length_max && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), fits);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

std::optional<fault> read_node(const std::string& text, std::vector<wanted_one>& into) {
  auto names = split(text);
  for (const auto& each : names)
    if (!is_good(each, each == names.front() ? ".-" : ".-:"))
      return fault{"--node: wanted NAME or NAME,ADDRESS,… with names of letters, digits, '.' and '-'; found '" + text +
                   "'"};
  auto name = names.front();
  into.push_back({std::move(name), std::move(names), purpose::node});
  return std::nullopt;
}

std::string path(const std::string& folder, const std::string& name) { return (fs::path(folder) / name).string(); }

secured<std::vector<wanted_one>> read_wanted(const wanted_certificates& wanted) {
  std::vector<wanted_one> all;
  for (const auto& each : wanted.nodes)
    if (auto wrong = read_node(each, all)) return *wrong;
  for (const auto& each : wanted.clients) {
    if (!is_good(each, ".-_"))
      return fault{"--client: wanted a name of letters, digits, '.', '-' and '_'; found '" + each + "'"};
    all.push_back({each, {}, purpose::client});
  }
  if (all.empty()) return fault{"wanted at least one --node NAME[,ADDRESS…] or --client NAME"};
  std::set<std::string> names = {"nodes-authority", "clients-authority"};
  for (const auto& each : all) {
    if (!names.insert(each.name).second) return fault{"the name " + each.name + " is taken twice; choose another"};
    for (const auto* end : {".pem", ".key"})
      if (const auto file = path(wanted.folder, each.name + end); fs::exists(file))
        return fault{file + ": is there already and is not overwritten; choose another name or folder"};
  }
  return all;
}

// Writes what it makes and remembers which files.
class folder_writer {
public:
  folder_writer(std::string folder, std::int64_t now) : folder_(std::move(folder)), now_(now) {}

  secured<identity> authority(const std::string& name, const std::string& title) {
    const auto certificate = path(folder_, name + ".pem"), key = path(folder_, name + ".key");
    if (!fs::exists(certificate) && !fs::exists(key))
      return written(make_authority(title, lasting(authority_days)), name);
    const auto first = read_file(certificate), second = read_file(key);
    if (!first) return first.error();
    if (!second) return second.error();
    return identity{*first, *second};
  }

  secured<identity> written(secured<identity> made, const std::string& name) {
    if (!made) return made;
    const auto certificate = path(folder_, name + ".pem"), key = path(folder_, name + ".key");
    if (auto wrong = write_new(key, made->private_key)) return *wrong;
    if (auto wrong = write_new(certificate, made->certificate)) return *wrong;
    files_.insert(files_.end(), {certificate, key});
    return made;
  }

  validity lasting(std::int64_t days) const { return {now_ - clocks_differ, now_ + days * day}; }
  std::vector<std::string> files() && { return std::move(files_); }

private:
  std::string folder_;
  std::int64_t now_;
  std::vector<std::string> files_;
};

} // namespace

secured<std::vector<std::string>> make_certificates(const wanted_certificates& wanted, std::int64_t now_seconds) {
  const auto all = read_wanted(wanted);
  if (!all) return all.error();
  std::error_code why;
  fs::create_directories(wanted.folder, why);
  if (why) return fault{wanted.folder + ": can't be made: " + why.message()};
  folder_writer folder(wanted.folder, now_seconds);
  const auto nodes = folder.authority("nodes-authority", "Stele nodes");
  if (!nodes) return nodes.error();
  const auto clients = folder.authority("clients-authority", "Stele clients");
  if (!clients) return clients.error();
  for (const auto& each : *all) {
    const auto& by = each.what == purpose::node ? *nodes : *clients;
    const auto made =
        folder.written(make_identity(by, each.name, each.names, each.what, folder.lasting(wanted.days)), each.name);
    if (!made) return made.error();
  }
  return std::move(folder).files();
}

} // namespace stele::security
