// The nodes of a cluster on this machine, each a process of its own, and the PostgreSQL they share.
#pragma once

#include "tests/drills/node_process.hpp"
#include "tests/drills/shim/shimmed.hpp"
#include "tests/drills/wires.hpp"
#include "tests/kit/postgres_server.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace drill {

/// What is not as it comes.
struct cluster_shape {
  std::vector<std::string> node_settings = {};   ///< As `--cluster.lease-ms=1000`.
  std::vector<std::string> server_settings = {}; ///< As `synchronous_commit=off`.
  std::string shim = {};                         ///< The library they all run under; empty: none.
  std::string logs = {};                         ///< Folder for the logs of nodes; empty: a temporary one.
};

/// Counted from 0; node 0 is called `node1`. A node keeps its ports when it starts again. Throws `std::runtime_error`
/// when a node does not do what is asked of it within 30 s; before that its log is shown.
class cluster_nodes {
public:
  static constexpr std::uint32_t shards = 64;

  /// Ports are chosen for `most` nodes, none of them is started.
  cluster_nodes(std::string program, std::size_t most, cluster_shape shape = {});

  void start(std::size_t node); ///< Returns when it is ready.
  void kill(std::size_t node);  ///< SIGKILL, and waits until it is gone.
  void pause(std::size_t node); ///< SIGSTOP.
  void wake(std::size_t node);  ///< SIGCONT.
  int stop(std::size_t node);   ///< SIGTERM; its exit status.
  int wait(std::size_t node);   ///< Until it has ended by itself; its exit status.
  bool ended_by_itself(std::size_t node) const { return runs(node) && nodes_[node].process->wait_for_end(0); }
  bool runs(std::size_t node) const { return nodes_[node].process != nullptr; }

  void cut(std::size_t one, std::size_t other);
  void heal(std::size_t one, std::size_t other);
  void cut_from_store(std::size_t node);
  void heal_with_store(std::size_t node);
  void cut_one_way(std::size_t from, std::size_t to);              ///< Until `heal`.
  void refuse_store(std::size_t node);                             ///< Connections are reset, until `heal_with_store`.
  void reset_store(std::size_t node);                              ///< Once.
  void narrow_store(std::size_t node, std::size_t bytes_a_second); ///< Each connection, until `heal_with_store`.

  /// Its next append of an order's item is held back and its connection reset, until it is let arrive.
  void hold_back_append(std::size_t node);
  bool holds_append() const { return wires_.holds(); }
  std::string let_append_arrive() { return wires_.let_arrive(); } ///< What the server says to it.

  shimmed& shim_of(std::size_t node) { return *nodes_[node].shim; } ///< Where the shape has one.
  shimmed& shim_of_store() { return *store_shim_; }

  static std::string name(std::size_t node) { return "node" + std::to_string(node + 1); }
  std::string gateway(std::size_t node) const; ///< `host:port`
  std::uint16_t http_port(std::size_t node) const;
  int cluster_port(std::size_t node) const { return nodes_[node].cluster; }
  pid_t process(std::size_t node) const { return nodes_[node].process->id(); }

  std::vector<std::uint32_t> shards_of(std::size_t node) const;
  /// Waits until the shards are spread over the nodes that run, no two more than one apart. The time it took, in ms.
  std::int64_t wait_until_even() const;

  const stele::kit::postgres_server& store() const { return store_; }
  stele::kit::postgres_server& store() { return store_; }
  std::size_t size() const { return nodes_.size(); }
  std::size_t log_lines_with(const std::string& words) const; ///< Of all nodes, from the start.
  void show_log(std::size_t node) const;                      ///< Its end.
  std::string log(std::size_t node) const {
    return (shape_.logs.empty() ? folder_ / "" : shape_.logs + "/") + name(node) + ".log";
  }

private:
  struct place {
    int http = 0, gateway = 0, cluster = 0, door = 0;
    std::unique_ptr<shimmed> shim;
    std::unique_ptr<child_process> process; ///< Null: it does not run.
  };

  std::vector<std::string> command(std::size_t node) const;
  int ended(std::size_t node);
  std::unique_ptr<shimmed> shim_for(const std::string& who) const;
  [[noreturn]] void fail(std::size_t node, const std::string& what) const;

  std::string program_;
  cluster_shape shape_;
  stele::kit::temporary_folder folder_;
  std::unique_ptr<shimmed> store_shim_;
  stele::kit::postgres_server store_;
  wires wires_;
  int store_door_ = 0;
  std::vector<place> nodes_;
};

} // namespace drill
