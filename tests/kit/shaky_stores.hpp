// The log and the views of a store behind a bad line, in a simulation.
#pragma once

#include "persistence/event_store.hpp"
#include "persistence/view_store.hpp"
#include "tests/kit/simulation.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

/// How often things go wrong: one in so many calls, 0: never.
struct read_faults {
  std::size_t write_refused = 0, write_unknown = 0, read_unavailable = 0;
  std::size_t change_unknown = 0; ///< Of tables: a rebuild begun or swapped in.
};

/// The views of a store behind a bad line: everything happens at some later step, writes may fail or be done late.
class shaky_views final : public view_store {
public:
  shaky_views(simulation& sim, view_store& inner, const read_faults& faults)
      : sim_(sim), inner_(inner), faults_(faults) {}

  std::size_t reads = 0, writes = 0, keys_read = 0, rows_in_write_max = 0;
  bool hold_writes = false; ///< Keep the answers of writes until `let_go`.

  /// Says why its table does not take a row; empty: it does.
  std::function<std::string(const row_values&)> misfit = [](const row_values&) { return std::string(); };

  void let_go() {
    hold_writes = false;
    for (auto& it : held_) sim_.later(std::move(it));
    held_.clear();
  }

  void open_view(view_definition view, reply_to<view_status> reply) override {
    later<view_status>(std::move(reply), [this, view](auto answer) { inner_.open_view(view, answer); });
  }
  void checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) override {
    read<std::vector<shard_position>>(std::move(reply),
                                      [this, table](auto answer) { inner_.checkpoints(table, answer); });
  }
  void read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) override {
    ++reads;
    keys_read += keys.size();
    read<read_rows>(std::move(reply), [this, table, keys](auto answer) { inner_.read(table, keys, answer); });
  }
  void select(view_table table, row_selection what, reply_to<selected_rows> reply) override {
    read<selected_rows>(std::move(reply), [this, table, what](auto answer) { inner_.select(table, what, answer); });
  }
  void write(view_write what, reply_to<std::vector<shard_number>> reply) override {
    ++writes;
    rows_in_write_max = std::max(rows_in_write_max, what.rows.size());
    auto go = [this, what, reply] { do_write(what, reply); };
    if (hold_writes)
      held_.push_back(std::move(go));
    else
      sim_.later(std::move(go));
  }
  void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) override {
    change<std::uint32_t>(std::move(reply), [this, serving](auto answer) { inner_.begin_rebuild(serving, answer); });
  }
  void finish_rebuild(view_table next, reply_to<done> reply) override {
    change<done>(std::move(reply), [this, next](auto answer) { inner_.finish_rebuild(next, answer); });
  }
  void cancel_rebuild(view_table next, reply_to<done> reply) override {
    later<done>(std::move(reply), [this, next](auto answer) { inner_.cancel_rebuild(next, answer); });
  }
  void table_checksum(view_table table, reply_to<checksum> reply) override {
    read<checksum>(std::move(reply), [this, table](auto answer) { inner_.table_checksum(table, answer); });
  }

private:
  template <class T, class Do>
  void later(reply_to<T> reply, Do what) {
    sim_.later([this, reply = std::move(reply), what = std::move(what)] {
      what([this, reply](stored<T> answer) { sim_.later([reply, answer = std::move(answer)] { reply(answer); }); });
    });
  }

  /// Done now, late, or never, when nobody is told.
  template <class T, class Do>
  void change(reply_to<T> reply, Do what) {
    if (!sim_.one_in(faults_.change_unknown)) return later<T>(std::move(reply), std::move(what));
    const auto fate = sim_.below(3);
    if (fate < 2) run_late([what] { what([](auto) {}); }, fate * sim_.below(60));
    sim_.later([reply] { reply(store_error{store_fault::unknown, "connection lost"}); });
  }

  template <class T, class Do>
  void read(reply_to<T> reply, Do what) {
    if (sim_.one_in(faults_.read_unavailable))
      return sim_.later([reply = std::move(reply)] { reply(store_error{store_fault::unavailable, "away"}); });
    later<T>(std::move(reply), std::move(what));
  }

  void do_write(const view_write& what, const reply_to<std::vector<shard_number>>& reply) {
    const auto ignore = [](auto) {};
    for (const row_write& it : what.rows)
      if (const std::string why = misfit(it.row); !why.empty())
        return sim_.later([reply, why] { reply(store_error{store_fault::conflict, why}); });
    if (sim_.one_in(faults_.write_refused)) return reply(store_error{store_fault::refused, "disk full"});
    if (sim_.one_in(faults_.write_unknown)) {
      const auto fate = sim_.below(3);
      if (fate == 0) inner_.write(what, ignore);
      if (fate == 1) run_late([this, what, ignore] { inner_.write(what, ignore); }, 1 + sim_.below(60));
      return sim_.later([reply] { reply(store_error{store_fault::unknown, "connection lost"}); });
    }
    inner_.write(what, [this, reply](auto answer) { sim_.later([reply, answer] { reply(answer); }); });
  }

  /// After so many steps of something: long enough for others to go first.
  void run_late(std::function<void()> what, std::size_t steps) {
    sim_.later([this, what = std::move(what), steps] { steps == 0 ? what() : run_late(what, steps - 1); });
  }

  simulation& sim_;
  view_store& inner_;
  const read_faults& faults_;
  std::vector<std::function<void()>> held_;
};

/// The log of a store behind the same line. Only what a read side asks for.
class shaky_log final : public event_store {
public:
  shaky_log(simulation& sim, event_store& inner, const read_faults& faults)
      : sim_(sim), inner_(inner), faults_(faults) {}

  std::size_t shard_reads = 0, all_reads = 0, stream_reads = 0;

  /// The last global position that is shown in the order of everything, as where an open transaction holds it back.
  std::uint64_t horizon = std::numeric_limits<std::uint64_t>::max();

  const store_identity& identity() const override { return inner_.identity(); }
  void append(std::uint32_t lane, event_batch events, reply_to<done> reply) override {
    inner_.append(lane, std::move(events), std::move(reply));
  }
  void fence(std::uint32_t lane, reply_to<done> reply) override { inner_.fence(lane, std::move(reply)); }
  void resolve(std::uint32_t lane, event_batch events, reply_to<bool> reply) override {
    inner_.resolve(lane, std::move(events), std::move(reply));
  }
  void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) override {
    inner_.recover(std::move(stream_id), limit, std::move(reply));
  }
  void read_stream(std::string stream_id, stream_version after, std::size_t limit,
                   reply_to<std::vector<recorded_event>> reply) override {
    ++stream_reads;
    read<std::vector<recorded_event>>(std::move(reply), [this, stream_id, after, limit](auto answer) {
      inner_.read_stream(stream_id, after, limit, answer);
    });
  }
  void read_shard(shard_number shard, shard_position after, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override {
    ++shard_reads;
    read<std::vector<recorded_event>>(
        std::move(reply), [this, shard, after, limit](auto answer) { inner_.read_shard(shard, after, limit, answer); });
  }
  void read_all(std::uint64_t after, std::size_t limit, reply_to<std::vector<recorded_event>> reply) override {
    ++all_reads;
    read<std::vector<recorded_event>>(std::move(reply), [this, after, limit](auto answer) {
      inner_.read_all(after, limit, [this, answer](stored<std::vector<recorded_event>> found) {
        while (found && !found->empty() && found->back().global_position > horizon) found->pop_back();
        answer(std::move(found));
      });
    });
  }
  void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) override {
    inner_.find_command(std::move(stream_id), command_id, std::move(reply));
  }
  void heads(reply_to<std::vector<shard_position>> reply) override {
    read<std::vector<shard_position>>(std::move(reply), [this](auto answer) { inner_.heads(answer); });
  }

private:
  template <class T, class Do>
  void read(reply_to<T> reply, Do what) {
    sim_.later([this, reply = std::move(reply), what = std::move(what)] {
      if (sim_.one_in(faults_.read_unavailable)) return reply(store_error{store_fault::unavailable, "away"});
      what([this, reply](stored<T> answer) { sim_.later([reply, answer = std::move(answer)] { reply(answer); }); });
    });
  }

  simulation& sim_;
  event_store& inner_;
  const read_faults& faults_;
};

} // namespace stele::kit
