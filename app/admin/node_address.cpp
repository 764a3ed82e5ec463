#include "app/admin/node_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <cstdlib>

namespace stele::admin {

using security::fault;

namespace {

constexpr std::string_view secure_scheme = "https://", plain_scheme = "http://";
constexpr unsigned not_the_owner = 0077;

bool take(std::string& text, std::string_view scheme) {
  if (text.rfind(scheme, 0) != 0) return false;
  text.erase(0, scheme.size());
  return true;
}

bool is_this_machine(const std::string& host) {
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return no_address ? host == "localhost" : address.is_loopback();
}

security::secured<std::string> found_key(const std::string& file) {
  std::string text;
  if (file.empty()) {
    const auto* from = std::getenv("STELE_KEY");
    text = from ? from : "";
  } else {
    if (auto wrong = security::check_private(file, not_the_owner)) return *wrong;
    const auto all = security::read_file(file);
    if (!all) return all.error();
    text = *all;
  }
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos)
    return fault{(file.empty() ? "STELE_KEY" : file) + ": wanted a key as 'stele keys create' prints it"};
  return security::secured<std::string>(boost::system::in_place_value, std::move(text));
}

} // namespace

bool read_address(const std::string& text, std::string& host, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  host = text.substr(0, colon);
  if (host.find('/') != std::string::npos) return false; // Of a scheme nobody speaks here, or a path.
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto* end = text.data() + text.size();
  const auto [stopped, wrong] = std::from_chars(text.data() + colon + 1, end, port);
  return wrong == std::errc{} && stopped == end && port != 0;
}

security::secured<http::node_access> find_node(const node_words& words, const http_settings& settings) {
  http::node_access it{settings.address, settings.port};
  bool tls = words.node.empty() && !settings.certificate.empty();
  if (!words.node.empty()) {
    auto address = words.node;
    tls = take(address, secure_scheme);
    if (!tls) take(address, plain_scheme);
    if (!read_address(address, it.host, it.port))
      return fault{"--node: wanted HOST:PORT or https://HOST:PORT, found '" + words.node + "'"};
  }
  if (words.certificate.empty() != words.private_key.empty())
    return fault{"--certificate and --private-key belong together; give both or none"};
  if (!tls && !(words.authority + words.certificate).empty())
    return fault{"--ca and --certificate are for TLS; wanted --node https://HOST:PORT"};
  if (tls) {
    auto context = security::make_client_tls({words.authority, words.certificate, words.private_key});
    if (!context) return context.error();
    it.tls = std::move(*context);
  }
  auto key = found_key(words.key_file);
  if (!key) return key.error();
  if (!key->empty() && !tls && !is_this_machine(it.host))
    return fault{"a key would travel to " + it.where() +
                 " where everybody on the way can read it; wanted --node https://" + it.where()};
  it.key = std::move(*key);
  return it;
}

security::secured<std::vector<http::node_access>> find_nodes(const node_words& words, const http_settings& settings) {
  std::vector<http::node_access> found;
  for (auto& address : parts_of(words.node)) {
    if (address.empty() && !words.node.empty())
      return fault{"--node: wanted HOST:PORT between commas, found '" + words.node + "'"};
    auto one = words;
    one.node = std::move(address);
    auto it = find_node(one, settings);
    if (!it) return it.error();
    found.push_back(std::move(*it));
  }
  return found;
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (auto comma = list.find(','); comma != std::string::npos; comma = list.find(',', begin)) {
    parts.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  parts.push_back(list.substr(begin));
  return parts;
}

} // namespace stele::admin
