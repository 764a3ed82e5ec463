// What queries need of other nodes: how far they have written the rows of their shards, and look-ups of keys of theirs.
#pragma once

#include "actors/asked_query.hpp"
#include "actors/link.hpp"
#include "actors/read_context.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace stele {

/// Of a node that has others beside it. Safe from any thread; what other nodes answer after its owner has gone is not
/// heard.
class remote_reads : public std::enable_shared_from_this<remote_reads> {
public:
  remote_reads(read_context_ptr context, link& peers, std::vector<caf::actor> queries,
               std::vector<caf::actor> projectors);

  /// Whether another node folds that shard of that view, as far as is known.
  bool is_elsewhere(const served_view& view, shard_number shard) const;

  /// Hands a look-up to the node that owns its shard, and answers it; what that node can't answer, `otherwise` does.
  void look_up(const asked_ptr& asked, std::function<void(asked_ptr)> otherwise);

  /// Sees to it that queries here hear of it when a view holds a shard up to a position, until it does or the time is
  /// over.
  void await(const served_view& view, shard_number shard, shard_position position, std::int64_t until_us);

  /// How another node is.
  void hear(const node_status& it);

private:
  node_number folder_of(const served_view& view, shard_number shard) const;
  void ask(std::size_t view, shard_number shard, shard_position position, std::int64_t until_us);
  void ask_again(std::size_t view, shard_number shard, shard_position position, std::int64_t until_us);
  void learn(std::size_t view, shard_number shard, shard_position written);
  std::size_t find_view(const std::string& name) const; ///< The number of views when there is none.

  read_context_ptr context_;
  link& peers_;
  std::vector<caf::actor> queries_, projectors_;
};

} // namespace stele
