// What a check looked at and what it found, promise by promise.
#pragma once

#include "app/admin/findings.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::check {

struct counts {
  std::uint64_t operations = 0, commands = 0, reads = 0, rows = 0; ///< Of the history.
  std::uint64_t streams = 0, events = 0, snapshots = 0;            ///< Of the store.
  std::uint64_t streams_told = 0;                                  ///< Of them, those the history speaks of.
  std::uint64_t unknown = 0;                                       ///< Operations nobody knows the outcome of.
  std::uint64_t effects_told = 0, effects_untold = 0;              ///< Commands of the store, in the history or not.
};

/// `found.kind` is a promise: `P4`.
struct verdicts {
  counts seen;
  admin::findings found;

  void add(std::string_view promise, std::string sentence) { found.add(promise, std::move(sentence)); }
};

/// A promise in a few words: `real-time order of a stream`; empty when there is none of that name.
std::string_view promise_words(std::string_view promise);

} // namespace stele::check
