// What a load measured: latencies by kind, refusals by word, and how each second went.
#pragma once

#include "app/load/latency_histogram.hpp"
#include "app/load/operation.hpp"
#include "app/load/pauses.hpp"
#include "app/load/target.hpp"

#include <array>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace stele::load {

/// An operation that is over.
struct completion {
  op_kind kind = op_kind::look_up;
  std::int64_t intended_ns = 0, sent_ns = 0, completed_ns = 0;
  std::string refused; ///< As `overloaded shed`; empty: it was done.
  bool stale = false;
  bool command = false;
  std::size_t node = 0; ///< Where it began.
};

/// One second of a load.
struct second {
  double at_s = 0; ///< Its end, from the begin of the load.
  double done_per_s = 0, errors_per_s = 0;
  std::int64_t p50_ns = 0, p99_ns = 0, max_ns = 0;
  std::size_t in_flight = 0;
  double behind_ms = 0; ///< How late the schedule is: it waits when too much is in flight.
  bool warm_up = false;
  std::vector<view_lag> lags;
};

/// One kind of operation, over the whole measured time.
struct kind_record {
  latency_histogram latency; ///< Of those that were done, from the intended time.
  std::uint64_t refused = 0, stale = 0;
};

struct record {
  std::array<kind_record, op_kind_names.size()> kinds;
  latency_histogram all, from_sending; ///< From the intended time; from the time it was really sent.
  std::map<std::string, std::uint64_t> refusals;
  std::uint64_t refused = 0;
  std::int64_t last_ns = 0; ///< When the last of them was answered.
  std::vector<second> seconds;
  pauses without_commands;
};

/// Safe from any thread.
class recorder {
public:
  /// Operations intended before are warm-up: seconds are kept, latencies are not. At first everything is.
  void measure_from(std::int64_t intended_ns, std::size_t nodes = 1);
  void measure_until(std::int64_t completed_ns); ///< Pauses after it don't count.
  void add(const completion& it);
  void add(std::vector<view_lag> lags); ///< Shown with the second that runs.

  /// Ends a second that lasted `lasted_s`; fills in what it knows of it.
  second end_second(second it, double lasted_s);

  /// Once nothing is added any more.
  const record& all() const { return record_; }

private:
  void note_accepted(const completion& it);

  std::mutex mutex_;
  record record_;
  std::int64_t from_ns_ = std::numeric_limits<std::int64_t>::max(), until_ns_ = from_ns_;
  latency_histogram running_; ///< The second that runs.
  std::uint64_t running_refused_ = 0;
  std::vector<view_lag> lags_;
};

} // namespace stele::load
