#include "actors/continuation.hpp"
#include "actors/keyed_projection.hpp"
#include "actors/log.hpp"

#include <algorithm>
#include <exception>
#include <span>

namespace stele {

namespace {

constexpr std::size_t reads_max = 8;
constexpr std::int64_t look_pause_ms_max = 500;

/// Whatever the author's `key_of` throws is told as an event that can't be folded.
stored<stream_keys::key> key_safely(const view_type& type, const recorded_event& event) {
  const auto broken = [&](const std::string& why) {
    return store_error{store_fault::corrupt,
                       "view " + std::string(type.name()) + " can't tell the key of " + event.stream_id + ": " + why};
  };
  try {
    return type.keys()->key_in(event);
  } catch (const std::exception& error) {
    return broken(error.what());
  } catch (...) { // Handed on as a value: the view stops and says so.
    return broken("key_of threw something that is no std::exception");
  }
}

} // namespace

void keyed_projection::step::cut(std::size_t at, std::string reason) {
  poison = poison_event{events[at].shard, events[at].position, std::move(reason)};
  events.resize(at);
}

void keyed_projection::read_page() {
  using events = std::vector<recorded_event>;
  step_.emplace(step{});
  context_->events.read_all(
      place_, suspects_ > 0 ? 1 : context_->settings.fold_events_max,
      answer_in<events>(self_, unless_dropped([this](stored<events> page) { take_page(std::move(page)); })));
}

void keyed_projection::take_page(stored<std::vector<recorded_event>> page) {
  if (!page && page.error().fault == store_fault::corrupt) {
    step_.reset();
    const auto behind = std::find_if(shards_.begin(), shards_.end(), [](auto& it) { return it.folded < it.known; });
    const auto shard = static_cast<shard_number>(behind - shards_.begin());
    return rest_or_stop({shard, behind->folded + 1, page.error().what});
  }
  if (!page) return give_up_step("the log could not be read: " + page.error().what);
  if (page->empty()) {
    step_.reset();
    return look_again_later();
  }
  looks_ = 0;
  step_->events = std::move(*page);
  check_places(*step_);
  find_origins();
}

/// The order of everything goes through each shard position by position.
void keyed_projection::check_places(step& it) const {
  std::vector<shard_position> last;
  for (const auto& shard : shards_) last.push_back(shard.folded);
  for (std::size_t i = 0; i < it.events.size(); ++i) {
    const auto& event = it.events[i];
    if (event.shard >= last.size())
      return it.cut(i, event.stream_id + " stands in shard " + std::to_string(event.shard) + ", the store has " +
                           std::to_string(last.size()) + "; run `stele verify`");
    if (event.position != last[event.shard] + 1)
      return it.cut(i, "behind position " + std::to_string(last[event.shard]) + " of shard " +
                           std::to_string(event.shard) + " comes position " + std::to_string(event.position) +
                           " in the order of the log; run `stele verify`");
    last[event.shard] = event.position;
  }
}

/// What is durable and not shown yet will be; a commit lets it be looked for at once.
void keyed_projection::look_again_later() {
  held_back_ = true;
  const std::int64_t pause_ms = std::min(std::int64_t{1} << std::min(looks_++, 20U), look_pause_ms_max);
  run_later(self_, pause_ms, unless_dropped([this, timer = ++timers_] {
              if (timer != timers_) return;
              held_back_ = false;
              advance();
            }));
  advance();
  owner_.moved(false);
}

void keyed_projection::find_origins() {
  const auto& keys = *into_->type().keys();
  for (const auto& event : step_->events) {
    if (step_->origins.count(event.stream_id) > 0) continue;
    const bool named = keys.names(event);
    if (named && event.version == 1) {
      auto key = key_safely(into_->type(), event);
      if (key) origins_.put(event.stream_id, *key);
      step_->origins.emplace(event.stream_id, std::move(key));
    } else if (!named && keys.wants(event)) {
      if (auto known = origins_.find(event.stream_id))
        step_->origins.emplace(event.stream_id, std::move(*known));
      else
        step_->unknown.insert(event.stream_id);
    }
  }
  read_origins();
}

void keyed_projection::read_origins() {
  using events = std::vector<recorded_event>;
  while (step_->out < reads_max && !step_->unknown.empty()) {
    const auto stream_id = std::move(step_->unknown.extract(step_->unknown.begin()).value());
    ++step_->out;
    context_->events.read_stream(stream_id, 0, 1,
                                 answer_in<events>(self_, unless_dropped([this, stream_id](stored<events> first) {
                                                     take_origin(stream_id, std::move(first));
                                                   })));
  }
  if (step_->out == 0) find_keys();
}

void keyed_projection::take_origin(const std::string& stream_id, stored<std::vector<recorded_event>> first) {
  --step_->out;
  stored<stream_keys::key> key = store_error{store_fault::corrupt, stream_id + " has no first event"};
  if (!first)
    key = first.error();
  else if (!first->empty())
    key = key_safely(into_->type(), first->front());
  if (key) origins_.put(stream_id, *key);
  if (!key && key.error().fault != store_fault::corrupt) step_->unreadable = key.error().what;
  step_->origins.emplace(stream_id, std::move(key));
  if (step_->unreadable) step_->unknown.clear();
  read_origins();
}

void keyed_projection::find_keys() {
  if (step_->unreadable) return give_up_step("the log could not be read: " + *step_->unreadable);
  const auto& keys = *into_->type().keys();
  for (std::size_t i = 0; i < step_->events.size(); ++i) {
    const auto& event = step_->events[i];
    auto key = keys.wants(event) ? key_of(event) : stored<stream_keys::key>(std::nullopt);
    if (!key) {
      step_->cut(i, key.error().what);
      break;
    }
    step_->keys.push_back(std::move(*key));
  }
  find_rows();
}

stored<stream_keys::key> keyed_projection::key_of(const recorded_event& event) const {
  const bool named = into_->type().keys()->names(event);
  if (named && event.version > 1) return key_safely(into_->type(), event);
  return step_->origins.at(event.stream_id);
}

void keyed_projection::find_rows() {
  std::vector<std::string> missing;
  for (const auto& key : step_->keys) {
    if (!key || !step_->rows.try_emplace(*key).second) continue;
    if (const auto* row = rows_.find(*key))
      step_->rows[*key] = {row->row, row->row};
    else
      missing.push_back(*key);
  }
  if (missing.empty()) return fold();
  context_->views.read(table_, missing,
                       answer_in<read_rows>(self_, unless_dropped([this, missing](stored<read_rows> rows) {
                                              take_rows(missing, std::move(rows));
                                            })));
}

void keyed_projection::take_rows(const std::vector<std::string>& missing, stored<read_rows> rows) {
  if (!rows && rows.error().fault == store_fault::fenced) return leave_table(rows.error().what);
  if (!rows) return give_up_step("rows could not be read: " + rows.error().what);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (!rows->rows[i]) continue;
    const auto row = std::make_shared<const row_values>(std::move(*rows->rows[i]));
    step_->rows[missing[i]] = {row, row};
  }
  fold();
}

void keyed_projection::fold() {
  auto& it = *step_;
  for (std::size_t i = 0; i < it.events.size(); ++i) {
    const recorded_event& event = it.events[i];
    if (const auto& key = it.keys[i]) {
      const recorded_event* one[] = {&event};
      auto& row = it.rows[*key];
      auto folded = fold_safely(into_->type(), *key, row.after, one);
      if (!folded) {
        it.cut(i, folded.error().what);
        break;
      }
      if (*folded) row.after = std::make_shared<const row_values>(std::move(**folded));
    }
    shards_[event.shard].folded = event.position;
    place_ = event.global_position;
  }
  passed_ += it.events.size();
  tally_.events += it.events.size();
  context_->counters.events_folded.fetch_add(it.events.size(), std::memory_order_relaxed);
  std::erase_if(it.rows, [](const auto& row) { return row.second.before == row.second.after; });
  if (it.rows.empty()) return end_step();
  write();
}

void keyed_projection::give_up_step(const std::string& why) {
  log(log_level::warning, "view " + table_.view + ": " + why + "; trying again");
  step_.reset();
  rest(trouble_.failed(why));
  advance();
}

} // namespace stele
