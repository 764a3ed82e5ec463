// A simulated cluster of nodes that host a domain, with its clients, and what can be done to it.
#pragma once

#include "tests/kit/simulated/clients.hpp"
#include "tests/kit/simulated/plan.hpp"
#include "tests/kit/simulated/readers.hpp"
#include "tests/kit/simulated_node.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace stele::simulated {

class cluster {
public:
  /// Both outlive it.
  cluster(const plan& it, const domain& of, bool keep_story);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Until every shard has an owner that serves, or some time has passed. No fault happens meanwhile.
  void warm_up();
  void run_actions();

  /// Ends all faults, adds a node, and gives it time to serve everything again.
  void heal();

  bool is_broken() const { return !sim.record.breaches.empty(); }

  kit::simulation sim;
  kit::simulated_database database;
  std::deque<registry> releases; ///< What nodes host: those of the last one are started.
  clients callers;
  readers viewers;
  std::size_t steps = 0;

private:
  void do_one(const action& it);
  void start();
  void crash(kit::simulated_node& it);
  void hang(kit::simulated_node& it);
  void stall(kit::simulated_node& it, bool alone);
  void wake_all(bool only_replaced);
  void let_flow();
  void cut(kit::simulated_node& a, kit::simulated_node& b);
  void join_up();
  void leave(kit::simulated_node& it);
  void release();

  bool step();
  void tick(std::int64_t ms);
  bool is_healed() const;
  bool has_owner_that_serves(const shard_owner& it) const;
  std::string what_is_missing();
  void deed_told(const std::string& words);
  std::vector<kit::simulated_node*> serving() const;

  bool are_content() { return callers.are_content() && viewers.are_content(); }

  const plan& plan_;
  const domain& domain_;
  kit::simulated_network net_;
  actor_settings settings_;
  std::deque<std::unique_ptr<kit::simulated_node>> nodes_;
};

} // namespace stele::simulated
