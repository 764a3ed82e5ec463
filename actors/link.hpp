// Port: the way from node to node. A single node has none.
#pragma once

#include "actors/command.hpp"

#include <optional>
#include <string>

namespace stele {

/// Name of a node in the cluster; empty: this node.
using node_name = std::string;

/// Where shards live and how a command gets there. Asked by the shard region only.
class link {
public:
  virtual ~link() = default;

  /// The owner of a shard: empty string for this node; nothing while it is unknown or moving.
  virtual std::optional<node_name> owner(shard_number shard) const = 0;

  /// Hands a command to another node; what that node answers goes to `settle`. Refuses it with `overloaded` when its
  /// window is full. Whatever it still holds must be settled or dropped before the node that forwarded it is destroyed.
  virtual void forward(const node_name& to, command_ptr it) = 0;
};

/// The link of a node that is alone: every shard is its own.
class no_link final : public link {
public:
  std::optional<node_name> owner(shard_number) const override { return node_name{}; }
  void forward(const node_name&, command_ptr) override {}
};

} // namespace stele
