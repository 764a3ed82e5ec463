// The views of a simulated cluster: tables that several nodes write, each by its own session.
#pragma once

#include "persistence/view_store.hpp"
#include "tests/kit/simulated_session.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// What one node sees of them. Nothing is rebuilt, and whoever selects selects all.
class simulated_views final : public view_store {
public:
  simulated_views(simulated_tables& tables, simulated_session& line, simulation& world)
      : tables_(tables), line_(line), sim_(world) {}

  void open_view(view_definition view, reply_to<view_status> reply) override {
    line_.read<view_status>(std::move(reply), [this, view]() -> stored<view_status> {
      tables_.of(view.schema.name);
      return view_status{};
    });
  }

  void checkpoints(view_table from, reply_to<std::vector<shard_position>> reply) override {
    line_.read<std::vector<shard_position>>(std::move(reply),
                                            [this, from] { return tables_.of(from.view).checkpoints; });
  }

  void read(view_table from, std::vector<std::string> keys, reply_to<read_rows> reply) override {
    line_.read<read_rows>(std::move(reply), [this, from, keys = std::move(keys)] {
      const auto& rows = tables_.of(from.view).rows;
      read_rows found;
      for (const std::string& key : keys) {
        const auto row = rows.find(key);
        found.rows.push_back(row == rows.end() ? std::nullopt : std::optional(row->second));
      }
      return found;
    });
  }

  void select(view_table from, row_selection, reply_to<selected_rows> reply) override {
    line_.read<selected_rows>(std::move(reply), [this, from] {
      const auto& table = tables_.of(from.view);
      selected_rows found{{}, table.checkpoints};
      for (const auto& [key, row] : table.rows) found.page.rows.push_back(row);
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

  void begin_rebuild(std::string, reply_to<std::uint32_t> reply) override { reply(no_rebuilds()); }
  void finish_rebuild(view_table, reply_to<done> reply) override { reply(no_rebuilds()); }
  void cancel_rebuild(view_table, reply_to<done> reply) override { reply(no_rebuilds()); }
  void table_checksum(view_table, reply_to<checksum> reply) override { reply(no_rebuilds()); }

private:
  static store_error no_rebuilds() { return {store_fault::refused, "nothing is rebuilt in a simulation"}; }

  std::vector<shard_number> write_now(const view_write& what) {
    auto& table = tables_.of(what.table.view);
    std::vector<shard_number> refused;
    for (const checkpoint_move& move : what.moves) {
      const bool stands = simulated_tables::stands(table, move);
      told(what.table.view, move, stands, table.checkpoints[move.shard]);
      if (stands)
        table.checkpoints[move.shard] = move.to;
      else
        refused.push_back(move.shard);
    }
    if (!refused.empty()) sim_.record.saw(rare::rows_refused);
    put_rows(table, what, refused);
    return refused;
  }

  void told(const std::string& view, const checkpoint_move& move, bool stands, shard_position found) {
    sim_.record.tell(move.shard, [&] {
      return "node " + std::to_string(line_.me()) + (stands ? " writes" : " may not write") + " rows of " + view +
             ", position " + std::to_string(move.from) + " to " + std::to_string(move.to) +
             (stands ? "" : ": the checkpoint is at " + std::to_string(found));
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
          put_rows(tables_.of(what.table.view), what, {});
          return done{};
        });
  }

  static void put_rows(simulated_tables::table& into, const view_write& what,
                       const std::vector<shard_number>& without) {
    for (const row_write& it : what.rows)
      if (std::find(without.begin(), without.end(), it.shard) == without.end())
        into.rows[std::get<std::string>(it.row[0])] = it.row;
  }

  simulated_tables& tables_;
  simulated_session& line_;
  simulation& sim_;
};

} // namespace stele::kit
