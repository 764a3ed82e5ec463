// Holds a history of what clients were told against the log of a store.
#pragma once

#include "app/check/history.hpp"
#include "app/check/log_source.hpp"
#include "app/check/verdicts.hpp"

namespace stele::check {

struct check_options {
  bool only = false;                                  ///< The history is all that ever happened in the store.
  std::function<void(std::uint64_t events)> progress; ///< Hears how many events were read; may be empty.
};

/// Reads the store shard by shard; memory is that of one shard and the history. Fails only when the store can't be
/// read: what is wrong is in the verdicts.
stored<verdicts> check(const history& told, const log_source& log, const check_options& options = {});

} // namespace stele::check
