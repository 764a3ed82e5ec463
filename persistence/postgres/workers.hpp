// Threads that ask PostgreSQL: each has a connection of its own, which it opens anew when it is lost.
#pragma once

#include "persistence/postgres/connection.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace stele::postgres {

/// Quick jobs are never kept waiting by all threads being in lengthy ones: with two or more threads, one is left over.
enum class urgency { quick, lengthy };

/// One thread does its jobs in the order they came; several share them.
///
/// While there is no connection a job is answered with `unavailable` at once; a new one is tried after a pause that
/// doubles up to `pause_max`, with jitter, so that nodes do not come back all together. In one node they do: when one
/// thread got through, the others try at once, or those still pausing would go on taking jobs to refuse them.
class workers {
public:
  workers(connection_settings where, std::uint32_t threads);
  ~workers();

  /// Gets a connection, or why there is none. Must not throw.
  using job = std::function<void(connection*, const store_error*)>;

  /// False after `close`.
  bool push(urgency how, job it);

  /// Runs `work` (`stored<T>(connection&)`), a write, and answers. After `close`: `unavailable`.
  template <class T, class Work>
  void write(Work work, reply_to<T> reply) {
    submit<T>(
        urgency::quick,
        [work = std::move(work)](connection& db) mutable -> stored<T> {
          try {
            return work(db);
          } catch (const failure& it) { return it.as_write(); }
        },
        std::move(reply));
  }

  /// The same with a read.
  template <class T, class Work>
  void read(urgency how, Work work, reply_to<T> reply) {
    submit<T>(
        how,
        [work = std::move(work)](connection& db) mutable -> stored<T> {
          try {
            return work(db);
          } catch (const failure& it) { return it.as_read(); }
        },
        std::move(reply));
  }

  void close(); ///< Runs what was submitted, then ends the threads.

private:
  struct thread_state {
    std::optional<connection> db;
    std::chrono::milliseconds pause{0};
    std::chrono::steady_clock::time_point not_before;
    std::uint64_t made_before = 0; ///< Connections of the node when this one could not be made.
    store_error why{store_fault::unavailable, ""};
    std::minstd_rand chance{std::random_device{}()};
  };

  template <class T, class Work>
  void submit(urgency how, Work work, reply_to<T> reply) {
    job it = [work = std::move(work), reply](connection* db, const store_error* why) mutable {
      if (!db) return reply(*why);
      reply(work(*db));
    };
    if (!push(how, std::move(it))) reply(store_error{store_fault::unavailable, "the store is closed"});
  }

  bool lengthy_may_start() const;
  bool take(job& into, bool& lengthy);
  void run();
  static void connect(thread_state& state, const connection_settings& where);

  const connection_settings where_;
  const std::size_t size_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<job> quick_, lengthy_;
  std::size_t running_lengthy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

} // namespace stele::postgres
