// Writes a store's history as JSON lines and reads it into an empty store.
#pragma once

#include "persistence/store.hpp"

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace stele::admin {

/// What was moved.
struct transferred {
  std::uint64_t events = 0;
  std::uint64_t streams = 0; ///< Counted by imports only.
};

/// Moved, or a sentence why not.
using transfer_result = boost::system::result<transferred, std::string>;

using transfer_progress = std::function<void(std::uint64_t events_done)>;

/// Writes every event in the order of everything, one a line, between a first line (format, history, shards) and a last
/// one (count). Views and snapshots are not written: they are made anew from the events.
transfer_result export_events(store& from, std::ostream& out, const transfer_progress& progress);

/// Opens the store for an import: new ones get the number of shards the export has.
using open_for_import = std::function<stored<std::unique_ptr<store>>(std::uint32_t shards)>;

/// Reads an export into an empty store. Versions, positions in shards and all ids are kept; global positions follow the
/// order of the lines; the store is a history of its own, so tokens of the old one are refused. Every line is checked
/// as `verify` checks it before it is written. At a fault the rest is left out and the sentence names the line; begin
/// again with an empty store then.
transfer_result import_events(std::istream& in, const open_for_import& open, const transfer_progress& progress);

} // namespace stele::admin
