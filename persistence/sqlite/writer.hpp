// The thread that writes: the only connection that changes the file, and the only one that checkpoints.
#pragma once

#include "persistence/sqlite/connection.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace stele::sqlite {

/// How a job is written. `urgent` jobs (appends) go first, one a transaction, on disk when they are answered. `durable`
/// and `relaxed` jobs keep their order among each other; durable ones are on disk when they are answered, neighbouring
/// relaxed ones share a transaction and are on disk with the next durable or urgent one: that one's fsync is theirs,
/// too.
enum class urgency { urgent, durable, relaxed };

/// A job of the writer: does its work in a transaction, then hears how the transaction ended.
class write_job {
public:
  explicit write_job(urgency how) : how_(how) {}
  virtual ~write_job() = default;
  virtual bool run(connection& db) = 0;                 ///< False: take it back.
  virtual void finish(const store_error* not_done) = 0; ///< Null: committed.
  urgency how() const { return how_; }

private:
  const urgency how_;
};

/// Owns the writing connection. Answers leave after COMMIT.
class writer {
public:
  /// `opened` is called on the writer's thread whenever the connection had to be opened anew.
  writer(std::string file, std::unique_ptr<connection> db, std::function<void(connection&)> opened);
  ~writer();

  /// Runs `work` (`stored<T>(connection&)`), commits if it has a value, calls `committed(T&)`, answers. A commit whose
  /// end nobody can tell is answered with `unknown`. After `close`: `unavailable`.
  template <class T, class Work, class Committed>
  void submit(urgency how, Work work, Committed committed, reply_to<T> reply) {
    auto it = std::make_unique<typed_job<T, Work, Committed>>(how, std::move(work), std::move(committed), reply);
    if (!push(std::move(it))) reply(store_error{store_fault::unavailable, "the store is closed"});
  }
  template <class T, class Work>
  void submit(urgency how, Work work, reply_to<T> reply) {
    submit<T>(
        how, std::move(work), [](T&) {}, std::move(reply));
  }

  /// Runs what was submitted, ends the thread, writes the log down, marks the store as closed properly.
  void close();

private:
  template <class T, class Work, class Committed>
  class typed_job final : public write_job {
  public:
    typed_job(urgency how, Work work, Committed committed, reply_to<T> reply)
        : write_job(how), work_(std::move(work)), committed_(std::move(committed)), reply_(std::move(reply)) {}

    bool run(connection& db) override {
      try {
        result_ = work_(db);
      } catch (const failure& it) { result_ = it.error(); }
      return result_->has_value();
    }

    void finish(const store_error* not_done) override {
      const bool failed_itself = result_ && !result_->has_value();
      if (not_done && !failed_itself) return reply_(*not_done);
      if (!failed_itself) committed_(**result_);
      reply_(std::move(*result_));
    }

  private:
    Work work_;
    Committed committed_;
    reply_to<T> reply_;
    std::optional<stored<T>> result_; ///< Nothing: it never ran.
  };

  using job = std::unique_ptr<write_job>;
  bool push(job it);
  job pop_urgent();
  job pop_other(bool only_relaxed);
  bool wait_for_work();
  void run();
  void run_alone(write_job& it);
  void run_group(job first);
  bool run_in_savepoint(write_job& it);
  std::optional<store_error> begin(bool on_disk);
  std::optional<store_error> commit();
  std::optional<store_error> roll_back();
  std::optional<store_error> connect();
  void set_durability(bool on_disk);
  void checkpoint_if_due(bool idle);
  void finish_closing();

  const std::string file_;
  std::unique_ptr<connection> db_;
  const std::function<void(connection&)> opened_;
  bool on_disk_ = true; ///< Whether a commit waits for the disk: `PRAGMA synchronous` as it was set last.
  bool broken_ = false; ///< The connection must be opened anew before it is used.
  int checkpoint_at_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<job> urgent_, others_;
  bool closed_ = false;
  std::thread thread_;
};

} // namespace stele::sqlite
