// What a node needs to stand among others: the way to them, and the door for them, opened and closed together.
#pragma once

#include "actors/link.hpp"
#include "actors/membership.hpp"
#include "actors/registry.hpp"
#include "app/cluster/settings.hpp"
#include "persistence/identifiers.hpp"

#include <memory>
#include <string>
#include <variant>

namespace stele {
class node;
}

namespace stele::cluster {

/// Of one node, which it outlives: stop it first.
class cluster_place {
public:
  /// The build of this program, as the others are told: greater is newer.
  static std::uint32_t build();

  ~cluster_place();
  cluster_place(const cluster_place&) = delete;
  cluster_place& operator=(const cluster_place&) = delete;

  link& peers();
  std::string address() const; ///< Of the door, as the others are told.

  void serve(node& shop); ///< Passes on to the node what others ask of it.
  void stop();            ///< Nothing reaches the node from others any more, nor others from it.

private:
  struct parts;
  explicit cluster_place(std::unique_ptr<parts> parts);
  friend std::variant<std::unique_ptr<cluster_place>, std::string>
  open_cluster_place(const cluster_settings&, const uuid&, node_number, const registry&);
  std::unique_ptr<parts> parts_;
};

/// Opens the door, or says in a sentence why not. `hosted` outlives it.
std::variant<std::unique_ptr<cluster_place>, std::string>
open_cluster_place(const cluster_settings& settings, const uuid& history, node_number me, const registry& hosted);

/// What the membership goes by.
membership_settings membership_settings_of(const cluster_settings& it);

} // namespace stele::cluster
