// A node that is none: orders in a map, answers at once, and faults to order.
#pragma once

#include "app/load/target.hpp"

#include <map>
#include <mutex>
#include <string>

namespace stele::load {

/// What the fake node does wrong. Each counts operations of its kind: 0 never, n each n-th.
struct sabotage {
  unsigned lose_add = 0;         ///< Acknowledged, but not done.
  unsigned lose_create = 0;      ///< Acknowledged; no row ever.
  unsigned repeat_retry = 0;     ///< A retry has its effect again, and is answered with the new version.
  unsigned repeat_quietly = 0;   ///< The same, but answered as the first time.
  unsigned wrong_total = 0;      ///< A row says a cent too much.
  unsigned old_row = 0;          ///< A row is one command old.
  unsigned old_row_marked = 0;   ///< The same, but marked stale.
  unsigned refuse = 0;           ///< A command is refused by a rule that does not apply.
  unsigned shed = 0;             ///< A command is refused as overloaded, without effect.
  unsigned unknown_done = 0;     ///< A command is done, but answered as unknown.
  unsigned unknown_not_done = 0; ///< A command is not done, and answered as unknown.
  unsigned drop_from_list = 0;   ///< A list counts one order less.
};

class fake_target : public target {
public:
  explicit fake_target(sabotage how = {}) : how_(how) {}

  void send(const operation& it, std::function<void(answer)> done) override;
  void lags(std::function<void(std::vector<view_lag>)> done) override { done({{"order_views", 7, 3}}); }

private:
  struct order_record {
    order_view::row now, before;
  };

  answer command(const operation& it);
  answer apply(const operation& it);
  answer look_up(const operation& it);
  answer list(const operation& it);
  bool strikes(unsigned each, const char* what);

  std::mutex mutex_;
  const sabotage how_;
  std::map<std::string, order_record> orders_;
  std::map<uuid, answer> done_;
  std::map<std::string, unsigned> counts_;
  shard_position position_ = 0;
};

} // namespace stele::load
