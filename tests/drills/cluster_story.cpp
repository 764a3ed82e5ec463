// The story of a cluster: three nodes under load are killed, frozen, cut off, restarted one by one, joined by a fourth;
// and in the end the log is held against everything the callers were told. Times are told, and decide nothing.
#include "tests/drills/cluster_figures.hpp"
#include "tests/drills/told_check.hpp"

#include <poll.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace drill {
namespace {

using clock = std::chrono::steady_clock;

constexpr double slow_ms = 1000; ///< Of a command this slow it is told which it was.

struct options {
  std::string program;
  bool in_full = false;
};

options read_options(const std::vector<std::string>& words) {
  options it;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--program" && i + 1 < words.size())
      it.program = words[++i];
    else if (words[i] == "--long")
      it.in_full = true;
    else
      throw std::invalid_argument("unknown switch " + words[i]);
  }
  if (it.program.empty()) throw std::invalid_argument("usage: cluster_story --program STELE [--long]");
  return it;
}

/// `1.23`, `12.3`, `123`.
std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

std::string p50(const std::vector<double>& ms) { return "p50 " + short_number(percentile(ms, 50)) + " ms"; }
std::string p50_and_max(const std::vector<double>& ms) {
  return p50(ms) + ", max " + short_number(percentile(ms, 100)) + " ms";
}

class story {
public:
  explicit story(options how) : how_(std::move(how)), nodes_(how_.program, 4) {}

  /// True when nothing was broken.
  bool run() {
    const auto begin = clock::now();
    begin_with_three();
    for (std::size_t node = 0; node < (how_.in_full ? 3u : 1u); ++node) kill(node);
    freeze(1);
    cut_from_store(0);
    cut_in_two(0, 1);
    restart_each();
    join();
    load_->rest();
    figures();
    finish();
    for (const auto& what : broken_) std::cout << "BROKEN: " << what << '\n';
    std::cout << "cluster story: " << (broken_.empty() ? "everything holds" : "BROKEN") << " ("
              << std::chrono::duration_cast<std::chrono::seconds>(clock::now() - begin).count() << " s)" << std::endl;
    return broken_.empty();
  }

private:
  void begin_with_three() {
    for (std::size_t i = 0; i < 3; ++i) nodes_.start(i);
    const auto even = nodes_.wait_until_even();
    load_ = std::make_unique<cluster_load>(nodes_);
    probes_ = std::make_unique<shard_probes>(nodes_, *load_);
    load_->go();
    pass(how_.in_full ? 5000 : 2000);
    tell("three nodes under load", "the shards were even " + std::to_string(even) + " ms after the last was ready");
  }

  void kill(std::size_t node) {
    const auto shards = nodes_.shards_of(node);
    const auto begin = clock::now();
    nodes_.kill(node);
    const auto recovered = probes_->send(shards, begin, broken_);
    tell(nodes_.name(node) + " killed", recovery(recovered));
    start_again(node);
  }

  void freeze(std::size_t node) {
    const auto shards = nodes_.shards_of(node);
    const auto begin = clock::now();
    nodes_.pause(node);
    const auto recovered = probes_->send(shards, begin, broken_);
    nodes_.wake(node);
    expect_replaced(node, "was frozen and woke up");
    tell(nodes_.name(node) + " frozen", recovery(recovered));
    start_again(node);
  }

  void cut_from_store(std::size_t node) {
    const auto shards = nodes_.shards_of(node);
    const auto begin = clock::now();
    nodes_.cut_from_store(node);
    const auto recovered = probes_->send(shards, begin, broken_);
    nodes_.heal_with_store(node);
    expect_replaced(node, "was cut from PostgreSQL");
    tell(nodes_.name(node) + " cut from PostgreSQL", recovery(recovered));
    start_again(node);
  }

  // Nobody is replaced: both keep their leases.
  void cut_in_two(std::size_t one, std::size_t other) {
    nodes_.cut(one, other);
    pass(how_.in_full ? 8000 : 4000);
    nodes_.heal(one, other);
    const auto begin = clock::now();
    load_->rest();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin).count();
    load_->go();
    for (const auto node : {one, other})
      if (nodes_.ended_by_itself(node)) {
        nodes_.show_log(node);
        broken_.push_back(nodes_.name(node) + " ended with " + std::to_string(nodes_.wait(node)) +
                          " because it was cut from another node");
        start_again(node);
      }
    tell(nodes_.name(one) + " and " + nodes_.name(other) + " cut from each other",
         "what was open was done " + std::to_string(ms) + " ms after they were connected again");
  }

  void restart_each() {
    for (std::size_t node = 0; node < 3; ++node) {
      if (const int status = nodes_.stop(node); status != 0)
        complain(node, "was told to end and ended with " + std::to_string(status));
      nodes_.start(node);
    }
    const auto even = nodes_.wait_until_even();
    tell("each restarted in turn", "the shards were even " + std::to_string(even) + " ms after the last was ready",
         true);
  }

  void join() {
    nodes_.start(3);
    const auto even = nodes_.wait_until_even();
    pass(1000);
    tell("a fourth joins", "the shards were even after " + std::to_string(even) + " ms", true);
  }

  void figures() {
    const auto idle = watch_idle(nodes_, 4, std::chrono::milliseconds(how_.in_full ? 10'000 : 3000));
    std::cout << "nobody asks: of one core";
    for (const double it : idle.cpu_percent) std::cout << ' ' << short_number(it) << " %";
    std::cout << "; " << short_number(idle.statements_per_second) << " statements/s, "
              << short_number(idle.transactions_per_second) << " transactions/s" << std::endl;
    const auto asked = ask_wrong_nodes(nodes_, *probes_, *load_, how_.in_full ? 200 : 50, broken_);
    std::cout << "a command at the owner: " << p50(asked.right_ms) << ", at another node: " << p50(asked.wrong_ms)
              << "; a look-up with its token there: " << p50(asked.here_ms) << ", elsewhere: " << p50(asked.other_ms)
              << std::endl;
  }

  void finish() {
    check_told();
    for (std::size_t node = 0; node < 4; ++node)
      if (const int status = nodes_.stop(node); status != 0)
        complain(node, "was told to end and ended with " + std::to_string(status));
    child_process checker({how_.program, "verify", "--store", nodes_.store().uri()});
    for (std::string line; checker.read_line(line);) std::cout << "verify: " << line << '\n';
    if (const int status = checker.wait(); status != 0)
      broken_.push_back("stele verify ended with " + std::to_string(status));
  }

  void check_told() {
    const auto told = load_->told();
    const auto events = drill::check_told(nodes_.store(), told, gave_up_ == 0, broken_);
    std::cout << "in the end: " << told.size() << " acknowledged commands, " << events << " events" << std::endl;
  }

  void expect_replaced(std::size_t node, const std::string& why) {
    if (const int status = nodes_.wait(node); status != 3)
      complain(node, why + ", and ended with " + std::to_string(status) + " instead of 3");
  }

  void complain(std::size_t node, const std::string& what) {
    nodes_.show_log(node);
    broken_.push_back(nodes_.name(node) + " " + what);
  }

  void start_again(std::size_t node) {
    nodes_.start(node);
    nodes_.wait_until_even();
    take();
  }

  static std::string recovery(const std::vector<double>& ms) {
    return "first command on each of its " + std::to_string(ms.size()) + " shards: " + p50_and_max(ms);
  }

  met take() {
    auto it = load_->take();
    gave_up_ += it.failed.size();
    broken_.insert(broken_.end(), it.failed.begin(), it.failed.end());
    return it;
  }

  /// A line on what was seen. `smooth`: no caller over CAF may have been told of any failure.
  void tell(const std::string& what, const std::string& seen, bool smooth = false) {
    const auto it = take();
    std::ostringstream line;
    line << what << ": " << seen << "; " << it.took_ms.size() << " commands of the load, p99 "
         << short_number(percentile(it.took_ms, 99)) << " ms, max " << short_number(percentile(it.took_ms, 100))
         << " ms";
    if (it.slowest_ms > slow_ms) line << " (" << it.slowest << ")";
    const char* before = "; tries that failed: ";
    for (const auto& [said, times] : it.errors) {
      line << std::exchange(before, ", ") << said << " " << times;
      if (smooth && said.rfind("CAF", 0) == 0) broken_.push_back(what + ": a caller was told " + said);
    }
    const auto taken = nodes_.log_lines_with("taking over from"), dead = nodes_.log_lines_with("is dead to the others");
    line << "; take-overs " << taken - taken_ << ", ended as dead " << dead - dead_;
    taken_ = taken, dead_ = dead;
    std::cout << line.str() << std::endl;
  }

  static void pass(int ms) { ::poll(nullptr, 0, ms); } ///< The load runs.

  options how_;
  cluster_nodes nodes_;
  std::unique_ptr<cluster_load> load_;
  std::unique_ptr<shard_probes> probes_;
  std::vector<std::string> broken_;
  std::size_t gave_up_ = 0, taken_ = 0, dead_ = 0;
};

} // namespace
} // namespace drill

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return drill::story(drill::read_options({argv + 1, argv + argc})).run() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "cluster_story: " << e.what() << '\n';
    return 2;
  }
}
