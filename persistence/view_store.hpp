// Port: the rows people read, and how far each shard has been folded into them.
#pragma once

#include "persistence/identifiers.hpp"
#include "persistence/row.hpp"
#include "persistence/store_error.hpp"

namespace stele {

/// A view as its author declared it.
struct view_definition {
  table_schema schema;
  std::string aggregate;              ///< Whose events it folds; several are joined by commas.
  std::uint32_t version = 1;          ///< Raised by the author when `project` changed its meaning.
  std::uint64_t description_hash = 0; ///< Of the columns and indexes; a change means a rebuild.
};

/// One table of a view: a rebuild makes the next generation beside the serving one. Also the key of its checkpoints,
/// so that a late write of an old projector never meets a new table.
struct view_table {
  std::string view;
  std::uint32_t generation = 1;
};

/// What the store knows of a view when the node starts.
struct view_status {
  std::uint32_t serving = 1;         ///< Generation that answers queries.
  std::uint32_t version = 1;         ///< Of the view it was made from.
  bool current = true;               ///< False: made from another version or description; rebuild it.
  std::optional<std::uint32_t> next; ///< Generation of a rebuild that was under way.
};

/// A shard's checkpoint moves from `from` to `to`; the guard of a write.
struct checkpoint_move {
  shard_number shard = 0;
  shard_position from = 0, to = 0;
};

/// A final row after the events of the move were folded in.
struct row_write {
  shard_number shard = 0;
  row_values row;
};

/// Rows and the checkpoints they belong to: one transaction. A shard whose checkpoint is not at `from` is left as it
/// is, rows included, and reported; the others are written.
struct view_write {
  view_table table;
  std::vector<checkpoint_move> moves;
  std::vector<row_write> rows;
  bool together = false; ///< Rows hold events of many shards: where one is refused all are, and nothing is written.
};

/// Rows and how far their shards had been written when they were read.
struct read_rows {
  std::vector<std::optional<row_values>> rows; ///< In the order of the keys asked for.
};

/// A page and the checkpoints it was read at, both from one snapshot.
struct selected_rows {
  row_page page;
  std::vector<shard_position> positions; ///< Indexed by shard.
};

/// Keeps views. Asynchronous; safe from any thread; writes are done in call order.
///
/// A generation that is neither served nor being rebuilt is gone: what is asked of it fails with `fenced`; only reads
/// of one that was replaced are answered from the one that serves, so that a query under way never notices a swap. As
/// long as a table of an older description serves, columns it doesn't have are read as null.
class view_store {
public:
  virtual ~view_store() = default;

  /// Makes the table of a new view, or tells how an existing one stands. Idempotent. Call it before any other
  /// call for that view. In a store opened read-only nothing is made: `refused` when there is no table of that view.
  virtual void open_view(view_definition view, reply_to<view_status> reply) = 0;

  /// The checkpoint of each shard, indexed by shard; 0: nothing folded yet.
  virtual void checkpoints(view_table table, reply_to<std::vector<shard_position>> reply) = 0;

  /// Rows by key, for folding and for look-ups.
  virtual void read(view_table table, std::vector<std::string> keys, reply_to<read_rows> reply) = 0;

  /// Rows by condition, with their total. Names of columns and types of values are checked against the schema:
  /// `refused` if they don't fit. Null equals null, differs from every value, is neither less nor greater, contains
  /// nothing and sorts before all values.
  virtual void select(view_table table, row_selection what, reply_to<selected_rows> reply) = 0;

  /// Writes rows under their checkpoints. Answers the shards the guard refused (then drop their cached rows and their
  /// checkpoints, and read both again): none or all where it goes `together`. Durable no later than the next append.
  /// Fails with `conflict`, in the words of the store, when the table does not take a row for what it is: a constraint
  /// that somebody added, a value that a column can't hold. Nothing was written, nor will be until one of them changes.
  virtual void write(view_write what, reply_to<std::vector<shard_number>> reply) = 0;

  /// Makes an empty table of a new generation for a rebuild, dropping any left over from an earlier one. Answers it.
  /// `fenced` when another generation than `serving` serves: somebody has rebuilt the view since the caller looked.
  virtual void begin_rebuild(view_table serving, reply_to<std::uint32_t> reply) = 0;

  /// In one transaction: `next` serves from now on as the view's current version, the old table is gone. `fenced` when
  /// `next` is gone, which it is when it serves already.
  virtual void finish_rebuild(view_table next, reply_to<done> reply) = 0;

  /// Drops the table of a rebuild that is given up.
  virtual void cancel_rebuild(view_table next, reply_to<done> reply) = 0;

  /// Count of rows and the sum (modulo 2^64) of their `row_hash`: equal for equal tables, in any order.
  struct checksum {
    std::uint64_t rows = 0, sum = 0;
    friend bool operator==(const checksum&, const checksum&) = default;
  };
  virtual void table_checksum(view_table table, reply_to<checksum> reply) = 0;
};

} // namespace stele
