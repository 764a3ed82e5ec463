#include "actors/served_view.hpp"

#include "actors/sabotage.hpp"

#include <algorithm>

namespace stele {

served_view::served_view(const view_type& type, std::size_t number, std::uint32_t shards, std::size_t rows_max)
    : type_(type), number_(number), rows_(rows_max), shards_(shards) {}

void served_view::open(view_table table, const std::vector<shard_position>& written) {
  const std::lock_guard lock(mutex_);
  table_ = std::move(table);
  rows_.clear();
  for (std::size_t i = 0; i < shards_.size(); ++i) shards_[i].folded = shards_[i].written = written[i];
  open_ = true;
}

void served_view::heard(std::span<const heard_events> events) {
  const std::lock_guard lock(mutex_);
  for (const auto& range : events) shards_[range.shard].marks.note(range.first, range.last, range.recorded_at);
}

bool served_view::fold(std::vector<folded_row>& rows, std::span<const shard_progress> progress) {
  const std::lock_guard lock(mutex_);
  for (auto& row : rows) rows_.put(row.key, std::move(row.row));
  set(progress);
  return waiting_ > 0;
}

bool served_view::move(std::span<const shard_progress> progress) {
  const std::lock_guard lock(mutex_);
  set(progress);
  return waiting_ > 0;
}

bool served_view::written(std::uint64_t round, std::span<const shard_progress> progress) {
  const std::lock_guard lock(mutex_);
  rows_.written(round);
  set(progress);
  return waiting_ > 0;
}

bool served_view::advance_remote(shard_number shard, shard_position written) {
  const std::lock_guard lock(mutex_);
  auto& it = shards_[shard];
  if (written <= it.written) return false;
  it.written = written;
  it.folded = std::max(it.folded, written);
  it.marks.forget(written);
  return waiting_ > 0;
}

/// Nobody knows when the events were recorded: some time since the last news.
void served_view::hear_remote(shard_number shard, shard_position head, unix_ms now) {
  const std::lock_guard lock(mutex_);
  auto& marks = shards_[shard].marks;
  if (head > marks.last()) marks.note(marks.last() + 1, head, now);
}

void served_view::drop(std::span<const shard_progress> shards) {
  const std::lock_guard lock(mutex_);
  for (const auto& shard : shards) rows_.drop(shard.shard);
  set(shards);
}

bool served_view::replace(served_view& by) {
  const std::scoped_lock lock(mutex_, by.mutex_);
  table_ = by.table_;
  std::swap(rows_, by.rows_);
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i].folded = by.shards_[i].folded;
    shards_[i].written = by.shards_[i].written;
    shards_[i].proven = by.shards_[i].proven;
  }
  return waiting_ > 0;
}

std::vector<std::optional<cached_row>> served_view::find(std::span<const std::string> keys) {
  std::vector<std::optional<cached_row>> found(keys.size());
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto* row = rows_.find(keys[i])) found[i] = *row;
  return found;
}

void served_view::show(std::optional<rebuild_progress> progress) {
  const std::lock_guard lock(mutex_);
  rebuilding_ = progress;
}

served_view::looked_up served_view::look_up(std::string_view key, shard_number shard, shard_position target, bool wait,
                                            bool memory_trusted) {
  looked_up found;
  const std::lock_guard lock(mutex_);
  const auto& standing = shards_[shard];
  // Rows in memory may be ahead of what has been proven; then only those in the store count.
  const bool from_memory = memory_trusted && (standing.proven || STELE_SABOTAGE(unproven_rows_shown));
  found.open = open_;
  found.position = from_memory ? standing.folded : standing.written;
  found.reached = open_ && (found.position >= target || STELE_SABOTAGE(token_not_waited_for));
  if (!found.reached && wait) begin_waiting();
  if (!from_memory) return found;
  if (const auto* row = rows_.find(key)) {
    found.cached = true;
    found.row = row->row;
  }
  return found;
}

served_view::standing served_view::stand(const token& wanted, bool wait) {
  standing found;
  const std::lock_guard lock(mutex_);
  found.open = open_;
  for (const auto& [shard, position] : wanted.positions) {
    if (open_ && shards_[shard].written >= position) continue;
    found.missing.emplace(shard, position);
    if (wait) begin_waiting();
    return found;
  }
  found.written.reserve(shards_.size());
  for (const auto& shard : shards_) found.written.push_back(shard.written);
  return found;
}

bool served_view::is_waited_for() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > 0;
}

void served_view::when_waited_for(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  first_waits_ = std::move(call);
}

void served_view::leave() {
  const std::lock_guard lock(mutex_);
  --waiting_;
}

std::vector<shard_position> served_view::positions(bool written) const {
  std::vector<shard_position> all;
  const std::lock_guard lock(mutex_);
  all.reserve(shards_.size());
  for (const auto& shard : shards_) all.push_back(written ? shard.written : shard.folded);
  return all;
}

view_table served_view::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

bool served_view::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::optional<rebuild_progress> served_view::rebuilding() const {
  const std::lock_guard lock(mutex_);
  return rebuilding_;
}

std::int64_t served_view::lag_ms(std::span<const shard_position> positions, unix_ms now) const {
  std::int64_t lag = 0;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < positions.size(); ++i) lag = std::max(lag, lag_of(shards_[i], positions[i], now));
  return lag;
}

std::int64_t served_view::lag_ms(shard_number shard, shard_position position, unix_ms now) const {
  const std::lock_guard lock(mutex_);
  return lag_of(shards_[shard], position, now);
}

void served_view::begin_waiting() {
  if (waiting_++ == 0 && first_waits_) first_waits_();
}

void served_view::set(std::span<const shard_progress> progress) {
  for (const auto& it : progress) {
    auto& shard = shards_[it.shard];
    shard.folded = it.folded;
    shard.written = it.written;
    shard.proven = it.proven;
    shard.marks.forget(it.written);
  }
}

std::int64_t served_view::lag_of(const shard_standing& shard, shard_position position, unix_ms now) const {
  if (position >= shard.marks.last()) return 0;
  return std::max<std::int64_t>(1, now - shard.marks.recorded_after(position, now)); // Something is missing: never 0.
}

} // namespace stele
