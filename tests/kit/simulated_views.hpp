// The views of a simulated cluster: tables that several nodes write and rebuild, each by its own session.
#pragma once

#include "persistence/view_store.hpp"
#include "tests/kit/simulated_session.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// What one node sees of them. Whoever selects selects all rows, or one by its key.
class simulated_views final : public view_store {
public:
  simulated_views(simulated_tables& tables, simulated_session& line, simulation& world)
      : tables_(tables), line_(line), sim_(world) {}

  void open_view(view_definition view, reply_to<view_status> reply) override {
    versions_[view.schema.name] = view.version;
    line_.read<view_status>(std::move(reply), [this, view]() -> stored<view_status> {
      const auto& it = tables_.open(view.schema.name, view.version);
      const auto version = it.generations.at(it.serving).version;
      return view_status{it.serving, version, version == view.version, it.next};
    });
  }

  void checkpoints(view_table from, reply_to<std::vector<shard_position>> reply) override {
    read_from<std::vector<shard_position>>(from, std::move(reply), [](const table& it) { return it.checkpoints; });
  }

  void read(view_table from, std::vector<std::string> keys, reply_to<read_rows> reply) override {
    read_from<read_rows>(from, std::move(reply), [keys = std::move(keys)](const table& it) {
      read_rows found;
      for (const std::string& key : keys) {
        const auto row = it.rows.find(key);
        found.rows.push_back(row == it.rows.end() ? std::nullopt : std::optional(row->second));
      }
      return found;
    });
  }

  void select(view_table from, row_selection what, reply_to<selected_rows> reply) override {
    read_from<selected_rows>(from, std::move(reply), [what = std::move(what)](const table& it) {
      selected_rows found{{}, it.checkpoints};
      for (const auto& [key, row] : it.rows)
        if (what.where.empty() || what.where.front().front().value == row.front()) found.page.rows.push_back(row);
      found.page.total = found.page.rows.size();
      return found;
    });
  }

  void write(view_write what, reply_to<std::vector<shard_number>> reply) override {
    if (STELE_SABOTAGE(checkpoint_in_a_second_transaction)) return write_twice(std::move(what), std::move(reply));
    line_.write<std::vector<shard_number>>(
        line_.faults.lost_rows, std::move(reply), [this, what = std::move(what)] { return write_now(what); },
        line_.faults.slow_rows);
  }

  void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) override {
    change<std::uint32_t>(std::move(reply),
                          [this, serving, version = versions_[serving.view]]() -> stored<std::uint32_t> {
                            auto& it = *tables_.find(serving.view);
                            if (it.serving != serving.generation) return gone(serving);
                            if (it.next) sim_.record.saw(rare::rebuild_dropped);
                            const auto next = tables_.begin(it, version);
                            told(serving.view + " is to be rebuilt as generation " + std::to_string(next));
                            return next;
                          });
  }

  void finish_rebuild(view_table next, reply_to<done> reply) override {
    change<done>(std::move(reply), [this, next]() -> stored<done> {
      auto& it = *tables_.find(next.view);
      if (it.next != next.generation) return gone(next);
      simulated_tables::swap_in(it);
      sim_.record.saw(rare::rebuilt);
      told(next.view + " is served from generation " + std::to_string(next.generation));
      return done{};
    });
  }

  void cancel_rebuild(view_table next, reply_to<done> reply) override {
    change<done>(std::move(reply), [this, next]() -> stored<done> {
      auto& it = *tables_.find(next.view);
      if (it.next == next.generation) simulated_tables::drop_next(it);
      return done{};
    });
  }

  void table_checksum(view_table from, reply_to<checksum> reply) override {
    read_from<checksum>(from, std::move(reply), [](const table& it) {
      checksum found{it.rows.size(), 0};
      for (const auto& [key, row] : it.rows) found.sum += row_hash(row);
      return found;
    });
  }

private:
  using table = simulated_tables::table;

  static store_error gone(const view_table& it) {
    return {store_fault::fenced, "generation " + std::to_string(it.generation) + " of view " + it.view + " is gone"};
  }

  template <class T, class Read>
  void read_from(const view_table& from, reply_to<T> reply, Read what) {
    line_.read<T>(std::move(reply), [this, from, what = std::move(what)]() -> stored<T> {
      const table* it = tables_.readable(from);
      if (it == nullptr) return gone(from);
      return what(*it);
    });
  }

  template <class T, class Change>
  void change(reply_to<T> reply, Change what) {
    line_.write<T>(line_.faults.lost_tables, std::move(reply), std::move(what), line_.faults.slow_rows);
  }

  stored<std::vector<shard_number>> write_now(const view_write& what) {
    table* into = tables_.exactly(what.table);
    if (into == nullptr) {
      sim_.record.saw(rare::table_gone);
      return gone(what.table);
    }
    const auto stands = [&](const checkpoint_move& move) { return simulated_tables::stands(*into, move); };
    const bool none = what.together && !std::all_of(what.moves.begin(), what.moves.end(), stands);
    std::vector<shard_number> refused;
    for (const checkpoint_move& move : what.moves) {
      const bool moves = stands(move) && !none;
      told(what, move, moves, into->checkpoints[move.shard]);
      if (moves)
        into->checkpoints[move.shard] = move.to;
      else
        refused.push_back(move.shard);
    }
    if (!refused.empty()) sim_.record.saw(what.together ? rare::keyed_rows_refused : rare::rows_refused);
    put_rows(*into, what, refused);
    return refused;
  }

  void told(const std::string& what) {
    sim_.record.tell({}, [&] { return "node " + std::to_string(line_.me()) + ": " + what; });
  }

  void told(const view_write& what, const checkpoint_move& move, bool moves, shard_position found) {
    sim_.record.tell(move.shard, [&] {
      return "node " + std::to_string(line_.me()) + (moves ? " writes" : " may not write") + " rows of " +
             what.table.view + ", generation " + std::to_string(what.table.generation) + ", position " +
             std::to_string(move.from) + " to " + std::to_string(move.to) +
             (moves ? "" : ": the checkpoint is at " + std::to_string(found));
    });
  }

  /// The mistake: rows are written first, and their checkpoints by a transaction of its own.
  void write_twice(view_write what, reply_to<std::vector<shard_number>> reply) {
    line_.write<done>(
        line_.faults.lost_rows,
        [this, what, reply](stored<done> how) {
          if (!how) return reply(how.error());
          view_write moves = what;
          moves.rows.clear();
          line_.write<std::vector<shard_number>>(line_.faults.lost_rows, reply,
                                                 [this, moves] { return write_now(moves); });
        },
        [this, what]() -> stored<done> {
          if (table* into = tables_.exactly(what.table)) put_rows(*into, what, {});
          return done{};
        });
  }

  static void put_rows(table& into, const view_write& what, const std::vector<shard_number>& without) {
    for (const row_write& it : what.rows)
      if (std::find(without.begin(), without.end(), it.shard) == without.end())
        into.rows[std::get<std::string>(it.row[0])] = it.row;
  }

  simulated_tables& tables_;
  simulated_session& line_;
  simulation& sim_;
  std::map<std::string, std::uint32_t> versions_; ///< Of the views as this node hosts them.
};

} // namespace stele::kit
