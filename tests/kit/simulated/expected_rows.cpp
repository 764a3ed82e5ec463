#include "tests/kit/simulated/expected_rows.hpp"

#include <algorithm>

namespace stele::simulated {

namespace {

std::string stream_of(const view_type& view, const std::string& key) { return view.definition().aggregate + "-" + key; }

} // namespace

const std::map<std::string, expected_rows::events>& expected_rows::of(const view_type& view) {
  known_rows& known = known_[std::string(view.name())];
  const std::size_t stored = database_.order.all().size();
  if (known.stored != stored) known = {stored, view.keys() ? by_key(view) : by_stream(view)};
  return known.rows;
}

bool expected_rows::may_lack(const view_type& view, const recorded_event& next, const token& wanted) const {
  return std::none_of(wanted.positions.begin(), wanted.positions.end(), [&](const auto& named) {
    const auto& [shard, position] = named;
    if (!view.keys()) return shard == next.shard && position >= next.position;
    const auto& log = database_.log[shard];
    return position != 0 && position <= log.size() && log[position - 1].global_position >= next.global_position;
  });
}

shard_number expected_rows::shard_of_row(const view_type& view, const std::string& key) const {
  return view.keys() ? home_shard : shard_of(stream_of(view, key), database_.shard_count());
}

std::optional<row_values> expected_rows::fold(const view_type& view, const std::string& key, const events& of) {
  if (of.empty()) return std::nullopt;
  auto row = view.fold(key, std::nullopt, of);
  return row ? std::move(*row) : std::nullopt;
}

std::map<std::string, expected_rows::events> expected_rows::by_stream(const view_type& view) const {
  std::map<std::string, events> rows;
  for (const auto& [stream, stored] : database_.streams) {
    if (stored.empty() || aggregate_of(stream) != view.definition().aggregate) continue;
    auto& row = rows[std::string(id_of(stream))];
    for (const recorded_event& event : stored) row.push_back(&event);
  }
  return rows;
}

/// In the order of everything.
std::map<std::string, expected_rows::events> expected_rows::by_key(const view_type& view) const {
  std::map<std::string, events> rows;
  for (const auto& [place, at] : database_.order.all()) {
    const recorded_event& event = database_.log[at.shard][at.position - 1];
    if (!view.keys()->wants(event)) continue;
    const recorded_event& naming = view.keys()->names(event) ? event : database_.streams.at(event.stream_id).front();
    const auto key = view.keys()->key_in(naming);
    if (key && *key) rows[**key].push_back(&event);
  }
  return rows;
}

} // namespace stele::simulated
