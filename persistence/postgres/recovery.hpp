// Many streams from their snapshots and the events after them, in two queries.
#pragma once

#include "persistence/postgres/events_sql.hpp"

namespace stele::postgres {

/// A stream somebody waits for.
struct recovery {
  std::string stream_id;
  std::size_t limit = 0;
  reply_to<recovered_stream> reply;
};

/// Answers in the order of the questions.
std::vector<stored<recovered_stream>> recover_streams(connection& db, const std::vector<recovery>& wanted);

/// A lane whose lease somebody wants proven.
struct fence_question {
  std::uint32_t lane = 0;
  reply_to<done> reply;
};

/// Which lanes of a node are still its own. A plain read of the primary: sent after the decisions it is to prove.
std::vector<stored<done>> prove_lanes(connection& db, std::uint64_t node, const std::vector<fence_question>& wanted);

} // namespace stele::postgres
