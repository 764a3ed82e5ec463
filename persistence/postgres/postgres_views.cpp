#include "persistence/postgres/postgres_ports.hpp"
#include "persistence/postgres/view_rows.hpp"

namespace stele::postgres {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

store_error not_open(const std::string& view) { return refused("view " + view + " is not open in this store"); }

/// Another node swapped or changed the table since it was looked for.
bool table_changed(const failure& it) { return it.sqlstate() == "42P01" || it.sqlstate() == "42703"; }

/// It didn't take a row for what it is: a constraint, the type of a column, a trigger said no.
bool takes_no_such_row(const failure& it) {
  const auto is_of = [&](const char* kind) { return it.sqlstate().starts_with(kind); };
  return it.how() == outcome::answered && (is_of("22") || is_of("23") || is_of("P0"));
}

/// The table that answers for a generation: one that was replaced reads as the one that serves.
const located_table* readable(const view_places& from, std::uint32_t generation) {
  if (from.next && from.next->generation == generation) return &*from.next;
  if (from.serving && generation <= from.serving->generation) return &*from.serving;
  return nullptr;
}

const located_table* exactly(const view_places& from, std::uint32_t generation) {
  const located_table* found = readable(from, generation);
  return found && found->generation == generation ? found : nullptr;
}

} // namespace

postgres_views::definition postgres_views::find(const std::string& view) const {
  std::lock_guard lock(mutex_);
  const auto found = definitions_.find(view);
  return found == definitions_.end() ? nullptr : found->second;
}

postgres_views::places postgres_views::known_places(const std::string& view) const {
  std::lock_guard lock(mutex_);
  const auto found = places_.find(view);
  return found == places_.end() ? nullptr : found->second;
}

postgres_views::places postgres_views::keep(const std::string& view, view_places found) {
  auto kept = std::make_shared<const view_places>(std::move(found));
  std::lock_guard lock(mutex_);
  places_[view] = kept;
  return kept;
}

postgres_views::places postgres_views::refresh(connection& db, const view_definition& view) {
  return keep(view.schema.name, find_places(db, view));
}

stored<view_status> postgres_views::status_of(const view_definition& view, const view_places& found) const {
  if (!found.serving) return refused("the store has no table of view " + view.schema.name + " yet; start a node on it");
  view_status status{found.serving->generation, found.serving_version, found.made_from_this, std::nullopt};
  if (found.next && found.next_is_for_this) status.next = found.next->generation;
  return status;
}

void postgres_views::open_view(view_definition view, reply_to<view_status> reply) {
  if (auto fits = check_view(view); !fits) return reply(fits.error());
  if (auto fits = check_names(view); !fits) return reply(fits.error());
  const auto opened = std::make_shared<const view_definition>(std::move(view));
  {
    std::lock_guard lock(mutex_);
    definitions_[opened->schema.name] = opened;
    places_.erase(opened->schema.name);
  }
  if (!shared_.projecting)
    return shared_.reading->read<view_status>(
        urgency::quick, [this, opened](connection& db) { return status_of(*opened, *refresh(db, *opened)); },
        std::move(reply));
  shared_.write<view_status>(
      [this, opened](connection& db) {
        const auto found = keep(opened->schema.name, open_tables(db, *opened, shared_.identity.shards));
        warn_once(db, *opened, *found);
        return status_of(*opened, *found);
      },
      std::move(reply));
}

void postgres_views::warn_once(connection& db, const view_definition& view, const view_places& found) {
  if (!shared_.warn || !found.serving || !found.serving->current || !looked_at_.insert(view.schema.name).second) return;
  if (const auto costly = cost_of_indexes(db, view.schema, found.serving->name)) shared_.warn(*costly);
}

/// Reads from the table that is known; when another node has changed it meanwhile, looks again once.
template <class T, class Work>
stored<T> postgres_views::read_from(connection& db, const view_definition& view, std::uint32_t generation, Work work) {
  auto known = known_places(view.schema.name);
  const bool fresh = !known || !readable(*known, generation);
  if (fresh) known = refresh(db, view);
  for (bool again = !fresh;; again = false) {
    const located_table* from = readable(*known, generation);
    if (!from) return generation_gone(view.schema.name, generation);
    if (!from->has_column[0])
      return refused("view " + view.schema.name + " got another key and is being rebuilt; ask again later");
    try {
      return work(db, *from);
    } catch (const failure& it) {
      if (!again || !table_changed(it)) throw;
    }
    known = refresh(db, view);
  }
}

void postgres_views::checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) {
  using positions = std::vector<shard_position>;
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->read<positions>(
      urgency::quick,
      [this, view, table](connection& db) {
        return read_from<positions>(db, *view, table.generation, [&](connection& on, const located_table& from) {
          return read_checkpoints(on, *view, from, shared_.identity.shards);
        });
      },
      std::move(reply));
}

void postgres_views::read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->read<read_rows>(
      urgency::quick,
      [this, view, table, keys = std::move(keys)](connection& db) {
        return read_from<read_rows>(db, *view, table.generation, [&](connection& on, const located_table& from) {
          return read_by_key(on, view->schema, from, keys);
        });
      },
      std::move(reply));
}

void postgres_views::select(view_table table, row_selection what, reply_to<selected_rows> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  auto checked = check_selection(view->schema, what);
  if (!checked) return reply(checked.error());
  shared_.for_queries().read<selected_rows>(
      urgency::lengthy,
      [this, view, table, checked = std::move(*checked)](connection& db) {
        return read_from<selected_rows>(db, *view, table.generation, [&](connection& on, const located_table& from) {
          return select_rows(on, *view, from, checked, shared_.identity.shards);
        });
      },
      std::move(reply));
}

void postgres_views::write(view_write what, reply_to<std::vector<shard_number>> reply) {
  const definition view = find(what.table.view);
  if (!view) return reply(not_open(what.table.view));
  if (auto fits = check_write(view->schema, shared_.identity.shards, what); !fits) return reply(fits.error());
  shared_.write<std::vector<shard_number>>(
      [this, view, what = std::move(what)](connection& db) { return write_into(db, *view, what); }, std::move(reply));
}

/// A table that is gone takes no row: the checkpoints of its generation went with it. Then the write fails as a whole.
stored<std::vector<shard_number>> postgres_views::write_into(connection& db, const view_definition& view,
                                                             const view_write& what) {
  const std::uint32_t generation = what.table.generation;
  auto known = known_places(view.schema.name);
  if (!known || !exactly(*known, generation)) known = refresh(db, view);
  for (bool again = true;; again = false) {
    const located_table* into = exactly(*known, generation);
    if (!into) return generation_gone(view.schema.name, generation);
    if (!into->current)
      return refused("the table of view " + view.schema.name +
                     " was made from another description; rebuild it before writing");
    try {
      auto left_out = write_rows(db, view, *into, what);
      if (left_out.empty() || exactly(*refresh(db, view), generation)) return left_out;
      return generation_gone(view.schema.name, generation);
    } catch (const failure& it) {
      if (takes_no_such_row(it)) return store_error{store_fault::conflict, it.what()};
      if (!again || !table_changed(it)) throw;
    }
    known = refresh(db, view);
  }
}

void postgres_views::begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) {
  const definition view = find(serving.view);
  if (!view) return reply(not_open(serving.view));
  shared_.write<std::uint32_t>(
      [this, view, serving](connection& db) {
        auto generation = postgres::begin_rebuild(db, *view, serving.generation, shared_.identity.shards);
        refresh(db, *view);
        return generation;
      },
      std::move(reply));
}

void postgres_views::finish_rebuild(view_table next, reply_to<done> reply) {
  const definition view = find(next.view);
  if (!view) return reply(not_open(next.view));
  shared_.write<done>(
      [this, view, next](connection& db) {
        auto finished = postgres::finish_rebuild(db, *view, next.generation, shared_.warn);
        refresh(db, *view);
        return finished;
      },
      std::move(reply));
}

void postgres_views::cancel_rebuild(view_table next, reply_to<done> reply) {
  const definition view = find(next.view);
  if (!view) return reply(not_open(next.view));
  shared_.write<done>(
      [this, view, next](connection& db) {
        auto cancelled = postgres::cancel_rebuild(db, *view, next.generation);
        refresh(db, *view);
        return cancelled;
      },
      std::move(reply));
}

void postgres_views::table_checksum(view_table table, reply_to<checksum> reply) {
  const definition view = find(table.view);
  if (!view) return reply(not_open(table.view));
  shared_.reading->read<checksum>(
      urgency::lengthy,
      [this, view, table](connection& db) {
        return read_from<checksum>(db, *view, table.generation, [&](connection& on, const located_table& from) {
          return sum_rows(on, view->schema, from);
        });
      },
      std::move(reply));
}

} // namespace stele::postgres
