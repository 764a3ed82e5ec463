// P16: a snapshot is the state its events add up to, by the model.
#pragma once

#include "actors/registry.hpp"
#include "app/check/model.hpp"
#include "persistence/store.hpp"

#include <string>
#include <unordered_map>

namespace stele::check {

struct stream_case;

/// A snapshot, down to what the model knows; `readable` is false when it has another form.
struct kept_state {
  stream_version version = 0;
  state shows;
  bool readable = true;
};

using kept_states = std::unordered_map<std::string, kept_state>; ///< By stream.

/// From the JSON of a snapshot's state; of aggregates the model does not know nothing.
std::optional<kept_state> read_snapshot(const snapshot& it);

/// The snapshots a node would use: those of another description are left out.
stored<kept_states> read_snapshots(store& storage, const registry& hosted);

void check_snapshot(const stream_case& it, const kept_state& kept);

} // namespace stele::check
