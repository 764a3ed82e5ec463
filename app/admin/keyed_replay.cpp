#include "app/admin/keyed_replay.hpp"

#include "app/admin/ask.hpp"
#include "app/admin/event_check.hpp"
#include "app/admin/extra_rows.hpp"
#include "app/admin/row_difference.hpp"

namespace stele::admin {

namespace {

constexpr std::size_t keys_in_a_read = 500;
constexpr std::size_t events_in_a_read = 1000;

} // namespace

void keyed_replay::take(const recorded_event& it) {
  const auto& keys = *view_.type->keys();
  if (it.version == 1 && keys.names(it)) origins_[it.stream_id] = name_of(it);
  if (!is_folded(it) || !keys.wants(it)) return;
  const auto key = key_of(it);
  if (key) fold(*key, it);
}

// What is folded is a beginning of the order of everything, or the checkpoints don't belong together.
bool keyed_replay::is_folded(const recorded_event& it) {
  const bool folded = it.position <= view_.checkpoints[it.shard];
  if (!folded && !left_out_) left_out_ = it;
  if (folded && left_out_)
    found_.add("checkpoint_torn", "view " + std::string(view_.type->name()) + ": " + place_of(it) +
                                      " is folded by its checkpoints, but what comes before it in the order of the " +
                                      "log is not: " + place_of(*left_out_));
  return folded;
}

std::optional<std::string> keyed_replay::name_of(const recorded_event& it) {
  std::optional<std::string> key;
  const auto why = why_not([&] {
    auto named = view_.type->keys()->key_in(it);
    if (named) key = *named;
    return named;
  });
  if (why) cant_fold(it, *why);
  return key;
}

std::optional<std::string> keyed_replay::key_of(const recorded_event& it) {
  const bool named = view_.type->keys()->names(it);
  if (named && it.version > 1) return name_of(it);
  const auto origin = origins_.find(it.stream_id);
  if (origin != origins_.end()) return origin->second;
  cant_fold(it, "the first event of its stream names no row");
  return std::nullopt;
}

void keyed_replay::fold(const std::string& key, const recorded_event& it) {
  auto& row = rows_[key];
  const recorded_event* one[] = {&it};
  const auto why = why_not([&] {
    auto folded = view_.type->fold(key, row, one);
    if (folded) row = *folded;
    return folded;
  });
  if (why) cant_fold(it, *why);
}

void keyed_replay::cant_fold(const recorded_event& it, const std::string& why) {
  found_.add("event_not_folded", "view " + std::string(view_.type->name()) + ": " + place_of(it) + ": " + why);
}

stored<done> keyed_replay::compare_rows(view_store& rows) {
  std::vector<std::string> page;
  for (const auto& [key, row] : rows_) {
    page.push_back(key);
    if (page.size() < keys_in_a_read) continue;
    if (auto compared = compare_page(rows, page); !compared) return compared;
    page.clear();
  }
  if (auto compared = compare_page(rows, page); !compared) return compared;
  auto stored_rows = ask<view_store::checksum>([&](auto reply) { rows.table_checksum(view_.table, reply); });
  if (!stored_rows) return stored_rows.error();
  return stored_rows->rows > view_.rows ? find_rows_too_many(rows) : done{};
}

stored<done> keyed_replay::compare_page(view_store& rows, const std::vector<std::string>& keys) {
  auto read = ask<read_rows>([&](auto reply) { rows.read(view_.table, keys, reply); });
  if (!read) return read.error();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (read->rows[i]) ++view_.rows;
    compare_row(found_, view_.type->definition().schema,
                "view " + std::string(view_.type->name()) + ", row " + keys[i] + ": ", rows_[keys[i]], read->rows[i]);
  }
  return done{};
}

stored<done> keyed_replay::find_rows_too_many(view_store& rows) {
  const auto& schema = view_.type->definition().schema;
  return each_row(rows, view_, [&](const row_values& row) -> stored<done> {
    if (rows_.count(std::get<std::string>(row.front())) == 0)
      found_.add("row_extra", "view " + schema.name + ": found " + row_json(schema, row) +
                                  ", but no event that was folded names it");
    return done{};
  });
}

stored<done> check_keyed_views(store& storage, std::vector<checked_view>& views, findings& found) {
  if (views.empty()) return done{};
  std::vector<keyed_replay> replays;
  for (auto& view : views) replays.emplace_back(view, found);
  for (std::uint64_t last = 0;;) {
    auto page =
        ask<std::vector<recorded_event>>([&](auto reply) { storage.events().read_all(last, events_in_a_read, reply); });
    if (!page) return page.error();
    if (page->empty()) break;
    for (const auto& it : *page)
      for (auto& replay : replays) replay.take(it);
    last = page->back().global_position;
  }
  for (auto& replay : replays)
    if (auto compared = replay.compare_rows(storage.views()); !compared) return compared;
  return done{};
}

} // namespace stele::admin
