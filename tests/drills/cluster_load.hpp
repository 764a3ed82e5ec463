// Callers of a cluster over CAF and over HTTP, who keep book of everything they were told.
#pragma once

#include "app/client/client.hpp"
#include "tests/drills/cluster_nodes.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace drill {

/// A command somebody was told is done.
struct told_command {
  std::string key, stream_id; ///< The key is a UUID: the command id in the log.
  std::uint64_t version = 0;
};

/// What callers met in a time.
struct met {
  std::vector<double> took_ms;               ///< Of each command that was done, its retries included.
  double slowest_ms = 0;                     ///< Of these,
  std::string slowest;                       ///< and which it was, by whom.
  std::map<std::string, std::size_t> errors; ///< Tries that failed, by what was said; the caller tried again.
  std::vector<std::string> failed;           ///< Commands whose caller gave up: not done within `give_up`.
};

/// Closed loops: each caller sends one command, waits for its answer, and then sends the next. A command that fails is
/// sent again with the same id, at another node over HTTP, until it is done or too old. All of this is made at once and
/// sends nothing until `go`.
class cluster_load {
public:
  static constexpr std::chrono::seconds give_up{30};

  explicit cluster_load(const cluster_nodes& nodes);
  ~cluster_load();
  cluster_load(const cluster_load&) = delete;
  cluster_load& operator=(const cluster_load&) = delete;

  void go();
  void rest(); ///< Returns when no command is open.
  met take();  ///< What was met since the last `take`.

  void remember(told_command it); ///< Of somebody else.
  void met_error(const std::string& what);
  std::vector<told_command> told() const; ///< All of them. After `rest`.

private:
  class caller;

  void run(caller& one);
  bool may_begin();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool going_ = false, closed_ = false;
  std::size_t open_ = 0;
  met met_;
  std::vector<told_command> told_;
  std::vector<std::unique_ptr<stele::client>> clients_;
  std::vector<std::unique_ptr<caller>> callers_;
  std::vector<std::thread> threads_;
};

/// So many percent of the values are not above it; 0 of none.
double percentile(std::vector<double> values, double percent);

/// An id that no command had before. From any thread.
std::string new_key();

} // namespace drill
