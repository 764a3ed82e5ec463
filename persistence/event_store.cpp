#include "persistence/event_store.hpp"

namespace stele {

void event_store::open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) {
  heads([shards = std::move(shards), reply = std::move(reply)](stored<std::vector<shard_position>> all) {
    if (!all) return reply(all.error());
    reply(pick_heads(*all, shards));
  });
}

stored<std::vector<shard_position>> pick_heads(const std::vector<shard_position>& all,
                                               const std::vector<shard_number>& wanted) {
  std::vector<shard_position> found;
  found.reserve(wanted.size());
  for (const shard_number it : wanted) {
    if (it >= all.size())
      return store_error{store_fault::refused, "there is no shard " + std::to_string(it) + "; the store has " +
                                                   std::to_string(all.size()) + " of them"};
    found.push_back(all[it]);
  }
  return found;
}

} // namespace stele
