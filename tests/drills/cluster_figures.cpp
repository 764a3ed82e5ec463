#include "tests/drills/cluster_figures.hpp"

#include "app/http/http_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace drill {

namespace json = boost::json;
using clock = std::chrono::steady_clock;

namespace {

/// Time on a processor so far, in seconds.
double cpu_seconds(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(in, line);
  std::istringstream words(line.substr(line.rfind(')') + 2)); // The name before it may hold anything.
  std::string skipped;
  for (int i = 0; i < 11; ++i) words >> skipped;
  double user = 0, system = 0;
  words >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double number(const cluster_nodes& nodes, const std::string& sql) { return std::stod(nodes.store().run(sql)); }

double statements(const cluster_nodes& nodes) { return number(nodes, "SELECT sum(calls) FROM pg_stat_statements"); }

double transactions(const cluster_nodes& nodes) {
  return number(nodes, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'postgres'");
}

double ms_since(clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock::now() - begin).count();
}

class wrong_node_asker {
public:
  wrong_node_asker(const cluster_nodes& nodes, const shard_probes& probes, cluster_load& book,
                   std::vector<std::string>& broken)
      : probes_(probes), book_(book), broken_(broken) {
    for (std::size_t i = 0; i < 2; ++i) {
      http_.emplace_back("127.0.0.1", nodes.http_port(i));
      owned_.push_back(nodes.shards_of(i));
      if (owned_.back().empty()) throw std::runtime_error(nodes.name(i) + " owns no shard");
    }
  }

  wrong_node_figures run(std::size_t rounds) {
    wrong_node_figures found;
    for (std::size_t round = 0; round < rounds; ++round)
      for (const std::size_t owner : {0u, 1u})
        for (const std::size_t entry : {0u, 1u}) {
          const auto order = probes_.order_in(owned_[owner][round % owned_[owner].size()]);
          const auto [ms, token] = command(order, entry);
          (entry == owner ? found.right_ms : found.wrong_ms).push_back(ms);
          found.here_ms.push_back(look_up(order, token, entry));
          found.other_ms.push_back(look_up(order, token, 1 - entry));
        }
    return found;
  }

private:
  std::pair<double, std::string> command(const std::string& order, std::size_t entry) {
    const auto key = new_key();
    const auto begin = clock::now();
    const auto answer =
        http_[entry].request("POST", "/orders/" + order + "/items", R"({"product_id":"cable","quantity":1,"price":1})",
                             {{"Idempotency-Key", key}});
    const double ms = ms_since(begin);
    if (answer.has_error() || answer->status != 200) {
      broken_.push_back("at " + cluster_nodes::name(entry) + " a command was answered " +
                        (answer.has_error() ? answer.error().what : answer->body));
      return {ms, ""};
    }
    const auto body = json::parse(answer->body);
    version_ = body.at("version").to_number<std::uint64_t>();
    book_.remember({key, "order-" + order, version_});
    return {ms, std::string(body.at("token").as_string())};
  }

  double look_up(const std::string& order, const std::string& token, std::size_t at) {
    const auto begin = clock::now();
    const auto answer = http_[at].request("GET", "/orders/" + order + "?after=" + token);
    const double ms = ms_since(begin);
    if (answer.has_error() || answer->status != 200) {
      broken_.push_back("at " + cluster_nodes::name(at) + " a look-up was answered " +
                        (answer.has_error() ? answer.error().what : answer->body));
      return ms;
    }
    const auto body = json::parse(answer->body);
    if (body.at("stale").as_bool() || body.at("version").to_number<std::uint64_t>() != version_)
      broken_.push_back("at " + cluster_nodes::name(at) + " the token of version " + std::to_string(version_) +
                        " shows " + answer->body);
    return ms;
  }

  const shard_probes& probes_;
  cluster_load& book_;
  std::vector<std::string>& broken_;
  std::vector<stele::http::http_client> http_;
  std::vector<std::vector<std::uint32_t>> owned_;
  std::uint64_t version_ = 0; ///< Of the last command.
};

} // namespace

idle_figures watch_idle(const cluster_nodes& nodes, std::size_t how_many, std::chrono::milliseconds how_long) {
  std::vector<double> before;
  for (std::size_t i = 0; i < how_many; ++i) before.push_back(cpu_seconds(nodes.process(i)));
  const double calls = statements(nodes), commits = transactions(nodes);
  const auto begin = clock::now();
  ::poll(nullptr, 0, static_cast<int>(how_long.count())); // This is the measure, nothing is waited for.
  const double seconds = ms_since(begin) / 1000;
  idle_figures found;
  for (std::size_t i = 0; i < how_many; ++i)
    found.cpu_percent.push_back((cpu_seconds(nodes.process(i)) - before[i]) / seconds * 100);
  found.statements_per_second = (statements(nodes) - calls) / seconds;
  found.transactions_per_second = (transactions(nodes) - commits) / seconds;
  return found;
}

wrong_node_figures ask_wrong_nodes(const cluster_nodes& nodes, const shard_probes& probes, cluster_load& book,
                                   std::size_t rounds, std::vector<std::string>& broken) {
  return wrong_node_asker(nodes, probes, book, broken).run(rounds);
}

} // namespace drill
