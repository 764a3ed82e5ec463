#include "persistence/sqlite/writer.hpp"

#include <sqlite3.h>

#include <chrono>
#include <vector>

namespace stele::sqlite {

namespace {

// In pages of the write-ahead log. Under load it is written down in the pauses between two transactions, seldom, as
// each time costs some 10 ms; when readers keep it from starting anew, it is waited for them beyond the maximum.
constexpr int wal_frames_due = 4'000;
constexpr int wal_frames_max = 12'000;
constexpr auto idle_time = std::chrono::milliseconds(100);
constexpr std::size_t urgent_in_a_row_max = 64;
constexpr std::size_t group_max = 64;

store_error unavailable(const failure& it) { return {store_fault::unavailable, it.what()}; }

store_error taken_back(const char* why) {
  return {store_fault::refused, "nothing was written, the transaction was taken back: " + std::string(why)};
}

} // namespace

writer::writer(std::string file, std::unique_ptr<connection> db, std::function<void(connection&)> opened)
    : file_(std::move(file)), db_(std::move(db)), opened_(std::move(opened)), checkpoint_at_(wal_frames_due),
      thread_([this] { run(); }) {}

writer::~writer() { close(); }

void writer::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_came_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool writer::push(job it) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    (it->how() == urgency::urgent ? urgent_ : others_).push_back(std::move(it));
  }
  work_came_.notify_one();
  return true;
}

writer::job writer::pop_urgent() {
  std::lock_guard lock(mutex_);
  if (urgent_.empty()) return nullptr;
  job it = std::move(urgent_.front());
  urgent_.pop_front();
  return it;
}

writer::job writer::pop_other(bool only_relaxed) {
  std::lock_guard lock(mutex_);
  if (others_.empty()) return nullptr;
  if (only_relaxed && (others_.front()->how() != urgency::relaxed || !urgent_.empty())) return nullptr;
  job it = std::move(others_.front());
  others_.pop_front();
  return it;
}

/// False once the store is closed and everything has run.
bool writer::wait_for_work() {
  std::unique_lock lock(mutex_);
  const auto some = [this] { return closed_ || !urgent_.empty() || !others_.empty(); };
  while (!some()) {
    if (db_ && db_->wal_frames() == 0) {
      work_came_.wait(lock, some);
    } else if (!work_came_.wait_for(lock, idle_time, some)) {
      lock.unlock();
      checkpoint_if_due(true);
      lock.lock();
    }
  }
  return !urgent_.empty() || !others_.empty();
}

void writer::run() {
  while (wait_for_work()) {
    for (std::size_t i = 0; i < urgent_in_a_row_max; ++i) {
      job it = pop_urgent();
      if (!it) break;
      run_alone(*it);
    }
    if (job it = pop_other(false)) {
      if (it->how() == urgency::relaxed)
        run_group(std::move(it));
      else
        run_alone(*it);
    }
    checkpoint_if_due(false);
  }
  finish_closing();
}

void writer::run_alone(write_job& it) {
  if (auto fault = begin(true)) return it.finish(&*fault);
  std::optional<store_error> fault = it.run(*db_) ? commit() : roll_back();
  it.finish(fault ? &*fault : nullptr);
}

void writer::run_group(job first) {
  std::vector<job> group;
  group.push_back(std::move(first));
  std::optional<store_error> fault = begin(false);
  while (!fault) {
    if (!run_in_savepoint(*group.back())) fault = roll_back();
    job next = group.size() < group_max && !fault ? pop_other(true) : nullptr;
    if (!next) break;
    group.push_back(std::move(next));
  }
  if (!fault) fault = commit();
  for (job& it : group) it->finish(fault ? &*fault : nullptr);
}

/// False when the failure of the job took the whole transaction with it.
bool writer::run_in_savepoint(write_job& it) {
  try {
    db_->prepared("SAVEPOINT job").run();
    if (!it.run(*db_) && db_->in_transaction()) db_->prepared("ROLLBACK TO job").run();
    if (!db_->in_transaction()) return false;
    db_->prepared("RELEASE job").run();
    return true;
  } catch (const failure&) {
    return false; // Then it is rolled back and answered as such.
  }
}

std::optional<store_error> writer::begin(bool on_disk) {
  if (auto fault = connect()) return fault;
  try {
    set_durability(on_disk);
    db_->prepared("BEGIN IMMEDIATE").run();
    return std::nullopt;
  } catch (const failure& it) {
    broken_ = it.breaks_connection();
    return unavailable(it);
  }
}

/// A commit that failed was written and taken back, or nobody can tell: a full disk cuts the log before its last frame,
/// so nothing of it can come back; after any other error the frames may be complete and be found after a crash.
std::optional<store_error> writer::commit() {
  try {
    db_->prepared("COMMIT").run();
    return std::nullopt;
  } catch (const failure& it) {
    const bool full = (it.code() & 0xFF) == SQLITE_FULL;
    roll_back();
    if (full && !broken_) return taken_back(it.what());
    broken_ = true;
    return store_error{store_fault::unknown, "the commit failed and may have happened all the same: " +
                                                 std::string(it.what()) + "; resolve it"};
  }
}

/// Before a COMMIT was tried nothing can have been written, whatever comes of the roll-back.
std::optional<store_error> writer::roll_back() {
  if (!db_->in_transaction()) return taken_back("an error ended it");
  try {
    db_->prepared("ROLLBACK").run();
  } catch (const failure&) {
    broken_ = db_->in_transaction(); // Closing the connection rolls it back.
  }
  return taken_back("a part of it failed");
}

std::optional<store_error> writer::connect() {
  if (db_ && !broken_) return std::nullopt;
  try {
    db_.reset();
    db_ = std::make_unique<connection>(file_, role::owner);
    db_->checkpoint(true); // After a failed fsync a second one proves nothing; the database file gets fresh copies.
    opened_(*db_);
    on_disk_ = true;
    broken_ = false;
    return std::nullopt;
  } catch (const failure& it) {
    broken_ = true;
    return unavailable(it);
  }
}

void writer::set_durability(bool on_disk) {
  if (on_disk == on_disk_) return;
  db_->execute(on_disk ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  on_disk_ = on_disk;
}

void writer::checkpoint_if_due(bool idle) {
  if (!db_ || broken_) return;
  const int frames = db_->wal_frames();
  if (frames < wal_frames_due) checkpoint_at_ = wal_frames_due;
  if (frames == 0 || (!idle && frames < checkpoint_at_)) return;
  try {
    db_->checkpoint(frames >= wal_frames_max);
    checkpoint_at_ = frames + wal_frames_due; // Until the log starts anew: not after every commit.
  } catch (const failure& it) { // The log stays and the next time tries again; commits don't depend on it.
    broken_ = it.breaks_connection();
  }
}

void writer::finish_closing() {
  if (connect()) return; // Then the next opener sees an unclean stop and checks the file.
  try {
    set_durability(true);
    db_->execute("UPDATE store SET clean = 1 WHERE id = 1");
    db_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const failure&) {
    broken_ = true; // As above.
  }
  db_.reset();
}

} // namespace stele::sqlite
