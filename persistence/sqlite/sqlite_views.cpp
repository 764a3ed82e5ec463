#include "persistence/sqlite/sqlite_ports.hpp"
#include "persistence/sqlite/view_rows.hpp"

namespace stele::sqlite {

namespace {

store_error not_open(const std::string& view) {
  return {store_fault::refused, "view " + view + " is not open in this store"};
}

} // namespace

sqlite_views::definition sqlite_views::find(const std::string& view) const {
  std::lock_guard lock(mutex_);
  const auto found = definitions_.find(view);
  return found == definitions_.end() ? nullptr : found->second;
}

void sqlite_views::open_view(view_definition view, reply_to<view_status> reply) {
  if (auto fits = check_view(view); !fits) return reply(fits.error());
  const auto opened = std::make_shared<const view_definition>(std::move(view));
  {
    std::lock_guard lock(mutex_);
    definitions_[opened->schema.name] = opened;
  }
  if (!shared_.writing)
    return shared_.reading->submit<view_status>(
        reading::quick, [opened](connection& db) { return inspect_table(db, *opened); }, std::move(reply));
  shared_.write<view_status>(
      urgency::durable,
      [this, opened](connection& db) -> stored<view_status> {
        return open_table(db, *opened, shared_.identity.shards);
      },
      [this](view_status&) { sweep(); }, std::move(reply));
}

void sqlite_views::checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->submit<std::vector<shard_position>>(
      reading::quick,
      [this, view, table](connection& db) -> stored<std::vector<shard_position>> {
        auto from = find_readable(db, *view, table.generation);
        if (!from) return from.error();
        return read_checkpoints(db, table.view, from->generation, shared_.identity.shards);
      },
      std::move(reply));
}

void sqlite_views::read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->submit<read_rows>(
      reading::quick,
      [view, table, keys = std::move(keys)](connection& db) -> stored<read_rows> {
        auto from = find_readable(db, *view, table.generation);
        if (!from) return from.error();
        return read_by_key(db, view->schema, *from, keys);
      },
      std::move(reply));
}

void sqlite_views::select(view_table table, row_selection what, reply_to<selected_rows> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  auto checked = check_selection(view->schema, what);
  if (!checked) return reply(checked.error());
  shared_.reading->submit<selected_rows>(
      reading::lengthy,
      [this, view, table, checked = std::move(*checked)](connection& db) -> stored<selected_rows> {
        auto from = find_readable(db, *view, table.generation);
        if (!from) return from.error();
        return selected_rows{select_rows(db, view->schema, *from, checked),
                             read_checkpoints(db, table.view, from->generation, shared_.identity.shards)};
      },
      std::move(reply));
}

void sqlite_views::write(view_write what, reply_to<std::vector<shard_number>> reply) {
  const definition view = find(what.table.view);
  if (!view) return reply(not_open(what.table.view));
  if (auto fits = check_write(view->schema, shared_.identity.shards, what); !fits) return reply(fits.error());
  shared_.write<std::vector<shard_number>>(
      urgency::relaxed,
      [view, what = std::move(what)](connection& db) -> stored<std::vector<shard_number>> {
        auto into = find_table(db, *view, what.table.generation);
        if (!into) return into.error();
        return write_rows(db, *view, *into, what);
      },
      std::move(reply));
}

void sqlite_views::begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) {
  const definition view = find(serving.view);
  if (!view) return reply(not_open(serving.view));
  shared_.write<std::uint32_t>(
      urgency::durable,
      [this, view, serving](connection& db) {
        return sqlite::begin_rebuild(db, *view, serving.generation, shared_.identity.shards);
      },
      [this](std::uint32_t&) { sweep(); }, std::move(reply));
}

void sqlite_views::finish_rebuild(view_table next, reply_to<done> reply) {
  const definition view = find(next.view);
  if (!view) return reply(not_open(next.view));
  shared_.write<done>(
      urgency::durable, [view, next](connection& db) { return sqlite::finish_rebuild(db, *view, next.generation); },
      [this](done&) { sweep(); }, std::move(reply));
}

void sqlite_views::cancel_rebuild(view_table next, reply_to<done> reply) {
  const definition view = find(next.view);
  if (!view) return reply(not_open(next.view));
  shared_.write<done>(
      urgency::durable, [view, next](connection& db) { return sqlite::cancel_rebuild(db, *view, next.generation); },
      [this](done&) { sweep(); }, std::move(reply));
}

void sqlite_views::table_checksum(view_table table, reply_to<checksum> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->submit<checksum>(
      reading::lengthy,
      [view, table](connection& db) -> stored<checksum> {
        auto from = find_readable(db, *view, table.generation);
        if (!from) return from.error();
        return sum_rows(db, view->schema, *from);
      },
      std::move(reply));
}

/// A failure ends the sweep; the next rebuild or start goes on with it.
void sqlite_views::sweep() {
  shared_.write<bool>(
      urgency::relaxed, [](connection& db) -> stored<bool> { return sweep_retired(db); },
      [this](bool& more) {
        if (more) sweep();
      },
      [](const stored<bool>&) {});
}

} // namespace stele::sqlite
