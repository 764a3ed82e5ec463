// P4, P11, P13, P14, P15: lists of a customer's orders, which reach over streams.
#pragma once

#include "app/check/stream_case.hpp"

namespace stele::check {

/// Hears of every stream, then checks all lists; none when streams were left out.
class lists {
public:
  lists(const history& told, std::uint32_t shards, verdicts& out);

  void add(const stream_case& it);
  void leave_out() { whole_ = false; } ///< A stream that can't be read in order.
  void check();

private:
  /// An order that was made.
  struct creation {
    shard_number shard = 0;
    shard_position position = 0;
    std::int64_t invoked = 0; ///< Not before.
    std::uint32_t stream = nothing;
  };
  struct customer {
    std::vector<creation> orders; ///< By shard and position.
    std::vector<std::int64_t> invoked;
  };
  /// What a client had been shown, by the end of its lists.
  struct session;
  struct listed;

  void check_customer(const operation& by);
  void check_rows(const operation& by, const customer& whose);
  void check_total(const operation& by, const customer& whose);
  bool lacks(const operation& by, const customer& whose, std::uint32_t token) const;
  void check_session(const operation& by, const session& seen);
  void add(const char* promise, const operation& by, const std::string& what);

  const history& told_;
  verdicts& out_;
  bool whole_ = true;
  std::vector<customer> customers_;
  std::vector<std::uint32_t> owner_of_;                      ///< By stream: the customer.
  std::vector<std::pair<shard_number, shard_position>> at_;  ///< By stream: its creation.
  std::vector<std::vector<shard_position>> order_positions_; ///< By shard.
};

} // namespace stele::check
