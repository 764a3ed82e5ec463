// Port: what a load is put on.
#pragma once

#include "app/load/operation.hpp"

#include <functional>
#include <string>
#include <vector>

namespace stele::load {

/// How far behind a view is.
struct view_lag {
  std::string view;
  std::uint64_t events = 0;
  std::int64_t ms = 0;
};

/// A node, near or far. Safe from any thread. Everything it was given is answered before it is destroyed.
class target {
public:
  virtual ~target() = default;

  /// Returns at once. `done` is called once, from any thread, perhaps inside the call; it must not block. What has no
  /// answer in time ends as `outcome_unknown`, or as `unavailable` where it was never sent.
  virtual void send(const operation& it, std::function<void(answer)> done) = 0;

  /// The nodes clients begin at; one of no name where there is but one.
  virtual std::vector<std::string> nodes() const { return std::vector<std::string>(1); }

  /// Which of them an operation begins at.
  virtual std::size_t begins_at(const operation&) const { return 0; }

  /// The lag of each view; none where the way to the node doesn't tell. As `send`.
  virtual void lags(std::function<void(std::vector<view_lag>)> done) = 0;
};

} // namespace stele::load
