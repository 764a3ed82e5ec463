#include "app/load/load_command.hpp"

#include "actors/clock.hpp"
#include "actors/random.hpp"
#include "app/admin/table.hpp"
#include "app/load/load_report.hpp"
#include "app/load/load_text.hpp"
#include "app/logging.hpp"
#include "app/signals.hpp"

#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace stele::load {

namespace {

constexpr double duration_s_max = 6 * 3600;

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", escape_control_characters(why).c_str());
  return 1;
}

std::string list_of(const endpoints& all) {
  std::string text;
  for (const auto& each : all) text += (text.empty() ? "" : ", ") + each.where();
  return text;
}

std::string where_of(const load_options& it, const config& settings) {
  if (!it.gateways.empty()) return "CAF gateway " + list_of(it.gateways.at);
  if (!it.nodes.empty()) return "HTTP " + list_of(it.nodes);
  const auto& uri = settings.store.uri; // Without what may be a password.
  const auto at = uri.rfind('@');
  const auto scheme = uri.find("://");
  if (at == std::string::npos || scheme == std::string::npos) return "node in this process, store " + uri;
  return "node in this process, store " + uri.substr(0, scheme + 3) + uri.substr(at + 1);
}

opened_site open_site(const load_options& it, const config& settings, const registry& hosted) {
  const auto connections = [&](std::size_t usual) { return it.connections == 0 ? usual : it.connections; };
  if (!it.gateways.empty()) return open_gateway(it.gateways, connections(4), it.nodes);
  if (!it.nodes.empty()) return open_http(it.nodes, connections(256));
  return open_own_node(settings, hosted);
}

// On a terminal the line is written over, elsewhere each is a line of its own.
void show(const std::string& text) {
  static const bool terminal = ::isatty(STDERR_FILENO) != 0;
  std::fprintf(stderr, terminal ? "\r\x1b[K%s" : "%s\n", text.c_str());
  std::fflush(stderr);
}

void clear_line() {
  if (::isatty(STDERR_FILENO) != 0) std::fputs("\r\x1b[K", stderr);
}

void print(const load_result& it, const load_options& options, const std::string& where) {
  if (options.json) {
    std::printf("%s\n", boost::json::serialize(to_json(it, options.load, where)).c_str());
    return;
  }
  std::fputs(admin::table(kind_rows(it)).c_str(), stdout);
  for (const auto& note : notes(it)) std::printf("%s\n", escape_control_characters(note).c_str());
}

bool write_report(const load_result& it, const load_options& options, const std::string& where) {
  std::ofstream out(options.report, std::ios::binary | std::ios::trunc);
  out << report_html(it, options.load, where);
  out.close();
  return out.good();
}

std::string new_run() {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "load%08x", static_cast<unsigned>(system_random().next()));
  return text.data();
}

std::string now_text() {
  const std::time_t now = system_clock().now() / 1000;
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
  return text.data();
}

load_result run_at(site& at, const load_settings& settings, history_file& history) {
  const load_surroundings around{at.system(), at.node(), history,
                                 [](std::int64_t ms) { return wait_for_end(static_cast<int>(ms)); },
                                 [&](const load_progress& it) { show(progress_text(it, settings)); }};
  return run_load(around, settings);
}

} // namespace

std::optional<double> read_duration(std::string_view text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit == "ms") return number / 1000;
  if (unit == "m") return number * 60;
  if (unit == "s" || unit.empty()) return number;
  return std::nullopt;
}

namespace {

std::optional<std::string> find_gateways(const std::string& text, load_options& into) {
  for (const auto& part : admin::parts_of(text))
    if (auto& it = into.gateways.at.emplace_back(); !admin::read_address(part, it.host, it.port))
      return "--gateway: wanted HOST:PORT, found '" + part + "'";
  return std::nullopt;
}

} // namespace

std::optional<std::string> find_target(target_words words, const http_settings& settings, load_options& into) {
  auto& [node, gateway, names] = words;
  const bool part = node.authority.empty() || node.certificate.empty() || node.private_key.empty();
  const bool https = node.node.rfind("https://", 0) == 0;
  if (!gateway.empty())
    if (auto wrong = find_gateways(gateway, into)) return wrong;
  if (names.empty() && node.node.empty() && !(node.authority + node.certificate + node.private_key).empty())
    return "--ca, --certificate and --private-key are for TLS; wanted --gateway-name NAME or --node https://HOST:PORT";
  if (!names.empty() && (part || gateway.empty()))
    return "--gateway-name needs --gateway, and for TLS --ca, --certificate and --private-key";
  if (!names.empty()) {
    into.gateways.tls = {node.certificate, node.private_key, node.authority, names};
    if (!https) node = {node.node, {}, {}, {}, node.key_file};
  }
  if (node.node.empty()) return std::nullopt;
  auto ways = admin::find_nodes(node, settings);
  if (!ways) return ways.error().what;
  into.nodes = std::move(*ways);
  return std::nullopt;
}

std::optional<std::string> complete(load_options& it) {
  const auto duration = read_duration(it.duration), warm_up = read_duration(it.warm_up);
  if (!duration || *duration <= 0 || *duration > duration_s_max)
    return "--duration: wanted a time up to 6 hours as 500ms, 20s or 5m; found '" + it.duration + "'";
  if (!warm_up || *warm_up > duration_s_max)
    return "--warm-up: wanted a time up to 6 hours as 500ms, 20s or 5m; found '" + it.warm_up + "'";
  it.load.duration_s = *duration;
  it.load.warm_up_s = *warm_up;
  auto kinds = mix::parse(it.mix.empty() ? default_mix : it.mix);
  if (!kinds) return kinds.error();
  it.load.kinds = *kinds;
  it.load.hot_share = it.hot_percent / 100;
  it.load.run = new_run();
  it.load.begun = now_text();
  if (it.load.closed && it.load.actors > it.load.in_flight_max)
    return "--closed keeps one operation of each actor in flight: wanted --in-flight of at least --actors (" +
           std::to_string(it.load.actors) + "), found " + std::to_string(it.load.in_flight_max);
  return std::nullopt;
}

int run_load_command(const load_options& it, const config& settings, const registry& hosted) {
  take_signals();
  const auto where = where_of(it, settings);
  history_file history;
  if (!it.history.empty())
    if (const auto why = history.open(it.history)) return fail(*why);
  auto at = open_site(it, settings, hosted);
  if (!at) return fail(at.error());
  const auto result = run_at(**at, it.load, history);
  at->reset();
  clear_line();
  print(result, it, where);
  if (const auto why = history.close()) return fail(*why);
  if (!it.report.empty() && !write_report(result, it, where)) return fail(it.report + ": can't be written");
  return is_clean(result) ? 0 : 1;
}

} // namespace stele::load
