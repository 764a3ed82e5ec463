#include "app/admin/shard_replay.hpp"

#include "app/admin/ask.hpp"
#include "app/admin/event_check.hpp"
#include "app/admin/row_difference.hpp"

namespace stele::admin {

namespace {

constexpr std::size_t keys_in_a_read = 500;

} // namespace

shard_replay::stream& shard_replay::stream_of(const recorded_event& it) {
  const auto [at, made] = streams_.try_emplace(it.stream_id);
  if (!made) return at->second;
  at->second.rows.resize(views_.size());
  if (const auto* type = hosted_.aggregate(aggregate_of(it.stream_id)))
    at->second.state = type->initial();
  else
    found_.add("unknown_aggregate", place_of(it) + ": this program hosts no aggregate of that name");
  return at->second;
}

void shard_replay::take(const recorded_event& it) {
  auto& stream = stream_of(it);
  stream.version = it.version;
  if (!stream.state) return;
  const auto* type = hosted_.aggregate(aggregate_of(it.stream_id));
  if (const auto why = why_not([&] { return type->evolve(*stream.state, it); })) {
    found_.add("event_unreadable", place_of(it) + ": " + *why);
    stream.state.reset();
    return;
  }
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const auto& view = views_[i];
    const bool folds = view.type->definition().aggregate == aggregate_of(it.stream_id);
    if (folds && it.position <= view.checkpoints[shard_]) fold(stream.rows[i], *view.type, it);
  }
}

void shard_replay::fold(std::optional<row_values>& row, const view_type& view, const recorded_event& it) {
  const recorded_event* one[] = {&it};
  const auto why = why_not([&] {
    auto folded = view.fold(id_of(it.stream_id), row, one);
    if (folded) row = *folded;
    return folded;
  });
  if (why) found_.add("event_not_folded", "view " + std::string(view.name()) + ": " + place_of(it) + ": " + *why);
}

stored<done> shard_replay::compare_rows(view_store& rows) {
  for (std::size_t view = 0; view < views_.size(); ++view)
    if (auto compared = compare_rows(rows, view); !compared) return compared;
  return done{};
}

stored<done> shard_replay::compare_rows(view_store& rows, std::size_t view) {
  keyed page;
  for (const auto& [id, stream] : streams_) {
    if (views_[view].type->definition().aggregate != aggregate_of(id) || !stream.state) continue;
    page.emplace_back(&id, &stream);
    if (page.size() < keys_in_a_read) continue;
    if (auto compared = compare_page(rows, view, page); !compared) return compared;
    page.clear();
  }
  return compare_page(rows, view, page);
}

stored<done> shard_replay::compare_page(view_store& rows, std::size_t view, const keyed& page) {
  std::vector<std::string> keys;
  for (const auto& [id, stream] : page) keys.emplace_back(id_of(*id));
  auto read = ask<read_rows>([&](auto reply) { rows.read(views_[view].table, std::move(keys), reply); });
  if (!read) return read.error();
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (read->rows[i]) ++views_[view].rows;
    compare_row(view, *page[i].first, *page[i].second, read->rows[i]);
  }
  return done{};
}

void shard_replay::compare_row(std::size_t view, const std::string& stream_id, const stream& expected,
                               const std::optional<row_values>& found) {
  const auto& schema = views_[view].type->definition().schema;
  const auto where = "view " + schema.name + ", row " + std::string(id_of(stream_id)) + " (stream " + stream_id +
                     " at version " + std::to_string(expected.version) + ", shard " + std::to_string(shard_) +
                     ", folded up to position " + std::to_string(views_[view].checkpoints[shard_]) + "): ";
  admin::compare_row(found_, schema, where, expected.rows[view], found);
}

} // namespace stele::admin
