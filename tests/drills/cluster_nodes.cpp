#include "tests/drills/cluster_nodes.hpp"

#include "tests/kit/server_process.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace drill {

namespace {

constexpr std::uint64_t limit_ms = 30'000;
constexpr int look_ms = 20;
constexpr std::size_t log_lines_shown = 40;
const std::string store_name = "postgresql";

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> with(std::vector<std::string> settings, const char* one) {
  settings.insert(settings.begin(), one);
  return settings;
}

} // namespace

cluster_nodes::cluster_nodes(std::string program, std::size_t most, cluster_shape shape)
    : program_(std::move(program)), shape_(std::move(shape)), store_shim_(shim_for(store_name)),
      store_(with(shape_.server_settings, "shared_preload_libraries=pg_stat_statements"),
             store_shim_ ? store_shim_->environment() : std::vector<std::string>()) {
  store_.run("CREATE EXTENSION pg_stat_statements");
  store_door_ = wires_.door(store_name, store_.port());
  nodes_.resize(most);
  for (std::size_t i = 0; i < most; ++i) {
    auto& it = nodes_[i];
    it.http = stele::kit::free_port();
    it.gateway = stele::kit::free_port();
    it.cluster = stele::kit::free_port();
    it.door = wires_.door(name(i), it.cluster);
    it.shim = shim_for(name(i));
  }
}

std::unique_ptr<shimmed> cluster_nodes::shim_for(const std::string& who) const {
  if (shape_.shim.empty()) return nullptr;
  std::filesystem::permissions(folder_ / "", std::filesystem::perms::all); // The server's user comes in, too.
  return std::make_unique<shimmed>(shape_.shim, folder_ / (who + ".shim"));
}

std::vector<std::string> cluster_nodes::command(std::size_t node) const {
  const auto& it = nodes_[node];
  const auto number = [](int port) { return std::to_string(port); };
  std::vector<std::string> words;
  if (it.shim) {
    words = it.shim->environment();
    words.insert(words.begin(), "/usr/bin/env");
  }
  words.insert(words.end(),
               {program_, "node", "--store.uri=postgresql://postgres@127.0.0.1:" + number(store_door_) + "/postgres",
                "--node.name=" + name(node), "--http.port=" + number(it.http), "--gateway.port=" + number(it.gateway),
                "--cluster.enabled=true", "--cluster.port=" + number(it.cluster),
                "--cluster.advertise=127.0.0.1:" + number(it.door)});
  words.insert(words.end(), shape_.node_settings.begin(), shape_.node_settings.end());
  return words;
}

void cluster_nodes::start(std::size_t node) {
  auto& it = nodes_[node];
  it.process = std::make_unique<child_process>(command(node), log(node));
  wires_.process(name(node), it.process->id());
  if (it.process->wait_for_output(limit_ms))
    for (std::string line; it.process->read_line(line);)
      if (line.rfind("ready http=", 0) == 0) return;
  fail(node, "did not get ready");
}

int cluster_nodes::ended(std::size_t node) {
  wires_.absent(name(node));
  const int status = nodes_[node].process->wait();
  nodes_[node].process.reset();
  return status;
}

void cluster_nodes::kill(std::size_t node) {
  nodes_[node].process->signal(SIGKILL);
  ended(node);
}

void cluster_nodes::pause(std::size_t node) { nodes_[node].process->signal(SIGSTOP); }
void cluster_nodes::wake(std::size_t node) { nodes_[node].process->signal(SIGCONT); }

int cluster_nodes::stop(std::size_t node) {
  nodes_[node].process->signal(SIGTERM);
  return wait(node);
}

int cluster_nodes::wait(std::size_t node) {
  if (!nodes_[node].process->wait_for_end(limit_ms)) fail(node, "did not end");
  return ended(node);
}

void cluster_nodes::cut(std::size_t one, std::size_t other) { wires_.cut(name(one), name(other)); }
void cluster_nodes::heal(std::size_t one, std::size_t other) { wires_.heal(name(one), name(other)); }
void cluster_nodes::cut_from_store(std::size_t node) { wires_.cut(name(node), store_name); }
void cluster_nodes::heal_with_store(std::size_t node) { wires_.heal(name(node), store_name); }
void cluster_nodes::cut_one_way(std::size_t from, std::size_t to) { wires_.cut_one_way(name(from), name(to)); }
void cluster_nodes::refuse_store(std::size_t node) { wires_.refuse(name(node), store_name); }
void cluster_nodes::narrow_store(std::size_t node, std::size_t bytes_a_second) {
  wires_.narrow(name(node), store_name, bytes_a_second);
}
void cluster_nodes::hold_back_append(std::size_t node) { wires_.hold_back(name(node), store_name, "order_item_added"); }
void cluster_nodes::reset_store(std::size_t node) { wires_.reset(name(node), store_name); }

std::string cluster_nodes::gateway(std::size_t node) const {
  return "127.0.0.1:" + std::to_string(nodes_[node].gateway);
}

std::uint16_t cluster_nodes::http_port(std::size_t node) const { return static_cast<std::uint16_t>(nodes_[node].http); }

std::vector<std::uint32_t> cluster_nodes::shards_of(std::size_t node) const {
  std::istringstream numbers(store_.run("SELECT coalesce(string_agg(s.shard::text, ' '), '') FROM stele.es_shards s"
                                        " JOIN stele.es_members m USING (node_id) WHERE m.status <> 'dead'"
                                        " AND m.name = '" +
                                        name(node) + "'"));
  std::vector<std::uint32_t> found;
  for (std::uint32_t it = 0; numbers >> it;) found.push_back(it);
  return found;
}

std::int64_t cluster_nodes::wait_until_even() const {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  const auto passed = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin).count();
  };
  for (;;) {
    std::size_t least = shards, most = 0, all = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!runs(i)) continue;
      const auto here = shards_of(i).size();
      least = std::min(least, here), most = std::max(most, here), all += here;
    }
    if (all == shards && most - least <= 1) return passed();
    if (passed() > static_cast<std::int64_t>(limit_ms))
      throw std::runtime_error("the shards are not even: one node has " + std::to_string(least) + ", another " +
                               std::to_string(most) + ", all of them " + std::to_string(all));
    ::poll(nullptr, 0, look_ms); // The store tells nobody when a row changes.
  }
}

std::size_t cluster_nodes::log_lines_with(const std::string& words) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    for (const auto& line : lines_of(log(i))) count += line.find(words) != std::string::npos;
  return count;
}

void cluster_nodes::show_log(std::size_t node) const {
  const auto lines = lines_of(log(node));
  std::cout << "the log of " << name(node) << ", from its end:\n";
  for (auto i = lines.size() - std::min(lines.size(), log_lines_shown); i < lines.size(); ++i)
    std::cout << "  | " << lines[i] << '\n';
  std::cout.flush();
}

void cluster_nodes::fail(std::size_t node, const std::string& what) const {
  show_log(node);
  throw std::runtime_error(name(node) + " " + what + " within " + std::to_string(limit_ms / 1000) + " s");
}

} // namespace drill
