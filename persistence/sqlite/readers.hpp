// The threads that read: each has a connection of its own.
#pragma once

#include "persistence/sqlite/connection.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stele::sqlite {

/// Quick reads are never kept waiting by all readers being in lengthy ones: with two or more threads, one is left over.
enum class reading { quick, lengthy };

/// A pool of readers. Each job runs in one read transaction, so that all it reads is from one moment.
class readers {
public:
  readers(std::string file, role as, std::uint32_t threads);
  ~readers();

  /// Runs `work` (`stored<T>(connection&)`) on a reader and answers. After `close`: `unavailable`.
  template <class T, class Work>
  void submit(reading how, Work work, reply_to<T> reply) {
    job it = [work = std::move(work), reply](connection* db, const store_error* why) mutable {
      if (!db) return reply(*why);
      reply(in_transaction<T>(*db, work));
    };
    if (!push(how, std::move(it))) reply(store_error{store_fault::unavailable, "the store is closed"});
  }

  void close(); ///< Runs what was submitted, then ends the threads.

private:
  /// Gets a connection, or why there is none.
  using job = std::function<void(connection*, const store_error*)>;

  template <class T, class Work>
  static stored<T> in_transaction(connection& db, Work& work) {
    try {
      transaction moment(db, transaction::kind::read);
      stored<T> result = work(db);
      moment.commit();
      return result;
    } catch (const failure& it) { return it.error(); }
  }

  bool push(reading how, job it);
  bool take(job& into, bool& lengthy);
  void run();
  bool lengthy_may_start() const;

  const std::string file_;
  const role as_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<job> quick_, lengthy_;
  std::size_t running_lengthy_ = 0;
  bool closed_ = false;
  std::size_t size_;
  std::vector<std::thread> threads_;
};

} // namespace stele::sqlite
