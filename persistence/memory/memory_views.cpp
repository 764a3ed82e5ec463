#include "persistence/memory/memory_parts.hpp"
#include "persistence/memory/memory_select.hpp"
#include "persistence/row_check.hpp"

#include <algorithm>

namespace stele::memory {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

store_error not_open(const std::string& view) { return refused("view " + view + " is not open in this store"); }

store_error gone(const view_table& table) {
  return {store_fault::fenced,
          "generation " + std::to_string(table.generation) + " of view " + table.view + " is gone"};
}

memory_table new_table(const view_definition& view, std::size_t shards) {
  return {view.schema, view.version, view.description_hash, {}, std::vector<shard_position>(shards)};
}

bool made_from(const memory_table& table, const view_definition& view) {
  return table.version == view.version && table.description_hash == view.description_hash;
}

/// The table of exactly this generation; null when it is gone.
memory_table* find_table(memory_disk& disk, const view_table& table) {
  const auto view = disk.views.find(table.view);
  if (view == disk.views.end()) return nullptr;
  const auto found = view->second.tables.find(table.generation);
  return found == view->second.tables.end() ? nullptr : &found->second;
}

/// For readers: a generation that was replaced reads as the one that serves.
const memory_table* find_readable(memory_disk& disk, const view_table& table) {
  const auto view = disk.views.find(table.view);
  if (view == disk.views.end()) return nullptr;
  const auto found = view->second.tables.find(table.generation);
  if (found != view->second.tables.end()) return &found->second;
  return table.generation < view->second.serving ? &view->second.tables.at(view->second.serving) : nullptr;
}

/// Moves the checkpoints that stand where they should; answers the shards that don't.
std::vector<shard_number> move_checkpoints(memory_table& table, const view_write& what) {
  const auto stands = [&](const checkpoint_move& move) { return table.checkpoints[move.shard] == move.from; };
  const bool none = what.together && !std::all_of(what.moves.begin(), what.moves.end(), stands);
  std::vector<shard_number> refused_shards;
  for (const checkpoint_move& move : what.moves) {
    if (!none && stands(move))
      table.checkpoints[move.shard] = move.to;
    else
      refused_shards.push_back(move.shard);
  }
  return refused_shards;
}

void put_rows(memory_table& table, std::vector<row_write>& rows, const std::vector<shard_number>& without) {
  for (row_write& it : rows) {
    if (std::find(without.begin(), without.end(), it.shard) != without.end()) continue;
    table.rows[std::get<std::string>(it.row[0])] = std::move(it.row);
  }
}

/// Remembers the rows and checkpoints that a write is about to change.
void keep_undo(memory_disk& disk, const memory_table& table, const view_write& what) {
  std::map<std::string, std::optional<row_values>> before;
  for (const row_write& it : what.rows) {
    const auto& key = std::get<std::string>(it.row[0]);
    const auto found = table.rows.find(key);
    before[key] = found == table.rows.end() ? std::nullopt : std::optional(found->second);
  }
  disk.remember([&disk, at = what.table, before = std::move(before), checkpoints = table.checkpoints] {
    memory_table* back = find_table(disk, at);
    if (!back) return;
    back->checkpoints = checkpoints;
    for (const auto& [key, row] : before) row ? (void)(back->rows[key] = *row) : (void)back->rows.erase(key);
  });
}

} // namespace

void views::open_view(view_definition view, reply_to<view_status> reply) {
  shared_.run<view_status>(
      [&](memory_disk& disk) -> stored<view_status> {
        if (auto fits = check_view(view); !fits) return fits.error();
        definitions_[view.schema.name] = view;
        auto [at, fresh] = disk.views.try_emplace(view.schema.name);
        memory_view& it = at->second;
        if (fresh) {
          it.aggregate = view.aggregate;
          it.tables.emplace(1, new_table(view, disk.heads.size()));
        }
        if (it.next && !made_from(it.tables.at(*it.next), view)) {
          it.tables.erase(*it.next);
          it.next.reset();
        }
        const memory_table& serving = it.tables.at(it.serving);
        const bool current = it.aggregate == view.aggregate && made_from(serving, view);
        return view_status{it.serving, serving.version, current, it.next};
      },
      reply);
}

void views::checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) {
  shared_.run<std::vector<shard_position>>(
      [&](memory_disk& disk) -> stored<std::vector<shard_position>> {
        const memory_table* found = find_readable(disk, table);
        if (!found) return gone(table);
        return found->checkpoints;
      },
      reply);
}

void views::read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) {
  shared_.run<read_rows>(
      [&](memory_disk& disk) -> stored<read_rows> {
        const auto view = definitions_.find(table.view);
        if (view == definitions_.end()) return not_open(table.view);
        const memory_table* from = find_readable(disk, table);
        if (!from) return gone(table);
        read_rows answer;
        for (const std::string& key : keys) {
          const auto row = from->rows.find(key);
          answer.rows.push_back(
              row == from->rows.end() ? std::nullopt : std::optional(arrange(*from, view->second.schema, row->second)));
        }
        return answer;
      },
      reply);
}

void views::select(view_table table, row_selection what, reply_to<selected_rows> reply) {
  shared_.run<selected_rows>(
      [&](memory_disk& disk) -> stored<selected_rows> {
        const auto view = definitions_.find(table.view);
        if (view == definitions_.end()) return not_open(table.view);
        const memory_table* from = find_readable(disk, table);
        if (!from) return gone(table);
        auto checked = check_selection(view->second.schema, what);
        if (!checked) return checked.error();
        return selected_rows{select_rows(*from, view->second.schema, *checked), from->checkpoints};
      },
      reply);
}

void views::write(view_write what, reply_to<std::vector<shard_number>> reply) {
  shared_.run<std::vector<shard_number>>(
      [&](memory_disk& disk) -> stored<std::vector<shard_number>> {
        const auto view = definitions_.find(what.table.view);
        if (view == definitions_.end()) return not_open(what.table.view);
        memory_table* table = find_table(disk, what.table);
        if (!table) return gone(what.table);
        if (shared_.fenced()) return store_error{store_fault::fenced, "another store has opened this memory since"};
        if (table->description_hash != view->second.description_hash)
          return refused("the table of view " + what.table.view +
                         " was made from another description; rebuild it before writing");
        if (auto fits = check_write(table->schema, shared_.disk->identity.shards, what); !fits) return fits.error();
        keep_undo(disk, *table, what);
        auto refused_shards = move_checkpoints(*table, what);
        put_rows(*table, what.rows, refused_shards);
        return refused_shards;
      },
      reply);
}

void views::begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) {
  shared_.run<std::uint32_t>(
      [&](memory_disk& disk) -> stored<std::uint32_t> {
        const auto definition = definitions_.find(serving.view);
        if (definition == definitions_.end()) return not_open(serving.view);
        memory_view& it = disk.views.at(serving.view);
        if (it.serving != serving.generation) return gone(serving);
        if (it.next) it.tables.erase(*it.next);
        it.next = ++it.last;
        it.tables.emplace(it.last, new_table(definition->second, disk.heads.size()));
        return it.last;
      },
      reply);
}

void views::finish_rebuild(view_table next, reply_to<done> reply) {
  shared_.run<done>(
      [&](memory_disk& disk) -> stored<done> {
        const auto definition = definitions_.find(next.view);
        if (definition == definitions_.end()) return not_open(next.view);
        memory_view& it = disk.views.at(next.view);
        if (it.next != next.generation) return gone(next);
        it.tables.erase(it.serving);
        it.serving = next.generation;
        it.next.reset();
        it.aggregate = definition->second.aggregate;
        disk.undo.clear();
        return done{};
      },
      reply);
}

void views::cancel_rebuild(view_table next, reply_to<done> reply) {
  shared_.run<done>(
      [&](memory_disk& disk) -> stored<done> {
        const auto view = disk.views.find(next.view);
        if (view == disk.views.end()) return not_open(next.view);
        if (view->second.next != next.generation) return done{}; // Gone already, as was wanted.
        view->second.tables.erase(next.generation);
        view->second.next.reset();
        return done{};
      },
      reply);
}

void views::table_checksum(view_table table, reply_to<checksum> reply) {
  shared_.run<checksum>(
      [&](memory_disk& disk) -> stored<checksum> {
        const memory_table* from = find_readable(disk, table);
        if (!from) return gone(table);
        checksum answer{from->rows.size(), 0};
        for (const auto& [key, row] : from->rows) answer.sum += row_hash(row);
        return answer;
      },
      reply);
}

} // namespace stele::memory
