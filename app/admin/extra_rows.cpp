#include "app/admin/extra_rows.hpp"

#include "app/admin/ask.hpp"

namespace stele::admin {

namespace {

constexpr std::uint32_t rows_in_a_read = 500;

row_selection rows_after(const std::string& key_column, const std::optional<std::string>& key) {
  row_selection next;
  if (key) next.where.push_back({{key_column, comparison::greater, *key}});
  next.order_by.push_back({key_column, false});
  next.page_size = rows_in_a_read;
  return next;
}

stored<done> check_stream(store& storage, const checked_view& view, const row_values& row, findings& found) {
  const auto& definition = view.type->definition();
  const auto stream_id = definition.aggregate + '-' + std::get<std::string>(row.front());
  auto events =
      ask<std::vector<recorded_event>>([&](auto reply) { storage.events().read_stream(stream_id, 0, 1, reply); });
  if (!events) return events.error();
  const auto& folded = view.checkpoints;
  if (!events->empty() && events->front().position <= folded[events->front().shard]) return done{};
  found.add("row_extra", "view " + definition.schema.name + ": found " + row_json(definition.schema, row) +
                             ", but stream " + stream_id + " has no event that was folded");
  return done{};
}

} // namespace

stored<done> each_row(view_store& rows, const checked_view& view,
                      const std::function<stored<done>(const row_values&)>& take) {
  const auto& key_column = view.type->definition().schema.columns.front().name;
  std::optional<std::string> last;
  for (;;) {
    auto page = ask<selected_rows>([&](auto reply) { rows.select(view.table, rows_after(key_column, last), reply); });
    if (!page) return page.error();
    if (page->page.rows.empty()) return done{};
    for (const auto& row : page->page.rows)
      if (auto taken = take(row); !taken) return taken;
    last = std::get<std::string>(page->page.rows.back().front());
  }
}

stored<done> find_extra_rows(store& storage, const checked_view& view, findings& found) {
  return each_row(storage.views(), view,
                  [&](const row_values& row) { return check_stream(storage, view, row, found); });
}

} // namespace stele::admin
