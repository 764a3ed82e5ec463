// What every store checks of a batch before it writes it.
#pragma once

#include "persistence/event_store.hpp"

#include <string_view>
#include <vector>

namespace stele {

/// Where a batch goes on in a stream: `first` must be the stream's version + 1.
struct stream_start {
  std::string_view stream_id; ///< Lives as long as the batch.
  stream_version first = 0;
};

/// The heads after the batch. Fails with `refused` when the batch is no batch of `lane` (empty, a stream in the wrong
/// shard, a shard of another lane) and with `conflict` when a position is not its shard's head + 1.
stored<std::vector<shard_position>> heads_after(std::vector<shard_position> heads, const store_identity& store,
                                                std::uint32_t lane, const event_batch& batch);

/// The streams of a batch, each once. Fails with `conflict` when the versions of a stream don't rise by one.
stored<std::vector<stream_start>> stream_starts(const std::vector<recorded_event>& events);

/// The sentence for a version that does not follow what is stored.
store_error version_conflict(std::string_view stream_id, stream_version wanted, stream_version found);

} // namespace stele
