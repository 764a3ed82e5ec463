// What the drills of faults work on: a cluster under a recorded load, and the book of what was done and seen.
#pragma once

#include "app/http/http_client.hpp"
#include "tests/drills/recorded_load.hpp"
#include "tests/drills/shard_probes.hpp"

#include <random>

namespace drill {

struct bench_options {
  std::string program, shim, kill_rounds; ///< `stele`, the library, and the drill of one node that is killed.
  std::string folder;                     ///< For logs and histories.
  std::uint64_t seed = 1;
  double rate = 120;                                       ///< Operations a second of each of the two loads.
  std::vector<std::string> node_settings, server_settings; ///< To see a drill fail without what protects.
};

/// Three nodes, a place for a fourth, PostgreSQL, a load over HTTP and one over CAF. Belongs to one thread.
class bench {
public:
  explicit bench(bench_options how);
  ~bench();

  cluster_nodes& nodes() { return nodes_; }
  stele::kit::postgres_server& server() { return nodes_.store(); }
  const bench_options& options() const { return how_; }
  shard_probes& probes() { return *probes_; }
  cluster_load& book() { return *book_; }
  const std::vector<recorded_load*> loads() const;

  // The book. What is broken fails the drill.
  void saw(const std::string& what);
  void broke(const std::string& what) { broken_.push_back(what); }
  void expect(bool holds, const std::string& what);
  void allow_end(std::size_t node) { may_end_[node] = true; } ///< However it ends in this drill, it is no defect.
  std::vector<std::string>& broken() { return broken_; }
  void count(std::uint64_t operations) { counted_ += operations; } ///< Of a load of a drill's own, checked there.
  std::string take_seen() { return std::exchange(seen_, {}); }

  // The hand.
  std::size_t any_node(); ///< One of the first three.
  static void pass(int ms);
  /// Looks every few milliseconds; false: not within the limit.
  template <class Ask>
  static bool wait_until(Ask ask, int limit_ms) {
    constexpr int look_ms = 20;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    while (!ask()) {
      if (std::chrono::steady_clock::now() > until) return false;
      pass(look_ms);
    }
    return true;
  }

  /// Between faults in any order: who could not renew its lease in time is replaced by then, and what was lost is
  /// connected again.
  static void let_leases_end();

  /// One command to each of these shards; tells how long it took, from `begin` on.
  void serve_again(const std::string& whose, const std::vector<std::uint32_t>& shards,
                   std::chrono::steady_clock::time_point begin);
  /// After it was replaced it must end by itself, with 3.
  void expect_replaced(std::size_t node, const std::string& why);
  /// Starts who has ended, and waits until every shard is served.
  void heal();

  stele::http::http_client http(std::size_t node, int timeout_ms = 3000) const;
  /// Status and code of one new item in the order of a shard. It is remembered when it is done.
  std::string try_command(std::size_t node, std::uint32_t shard, int timeout_ms = 3000);
  std::size_t resident_mb(std::size_t node) const;

  // The end.
  /// Ends loads and nodes, and holds everything against everything. How many operations there were in all.
  std::uint64_t check_everything(std::vector<std::string>& what_was_checked);

private:
  void start_who_ended();

  bench_options how_;
  cluster_nodes nodes_;
  std::unique_ptr<cluster_load> book_;
  std::unique_ptr<shard_probes> probes_;
  std::vector<std::unique_ptr<recorded_load>> loads_;
  std::mt19937_64 random_;
  std::vector<std::string> broken_;
  std::string seen_;
  std::map<std::size_t, bool> may_end_;
  std::uint64_t counted_ = 0;
};

} // namespace drill
