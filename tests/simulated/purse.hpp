// A purse with a broken rule: it gives a little more than it holds.
#pragma once

#include "domain/kernel/aggregate.hpp"

namespace purse {

// clang-format off
struct put_in { std::int64_t coins = 0; };
struct take_out { std::int64_t coins = 0; };
using command = std::variant<put_in, take_out>;

struct coins_put_in { std::int64_t coins = 0; };
struct coins_taken_out { std::int64_t coins = 0; };
using event = std::variant<coins_put_in, coins_taken_out>;

struct state { std::int64_t coins = 0; };
// clang-format on

using decision = stele::decision<event>;

inline decision decide(const state&, const put_in& c) {
  if (c.coins < 1) return stele::invalid("no_coins", "Put in at least one coin.", "/coins");
  return coins_put_in{c.coins};
}

inline decision decide(const state& s, const take_out& c) {
  if (c.coins < 1) return stele::invalid("no_coins", "Take out at least one coin.", "/coins");
  if (c.coins > s.coins + 2) return stele::reject("not_enough", "The purse doesn't hold that many.");
  return coins_taken_out{c.coins};
}

inline state evolve(state s, const coins_put_in& e) { return {s.coins + e.coins}; }
inline state evolve(state s, const coins_taken_out& e) { return {s.coins - e.coins}; }

BOOST_DESCRIBE_STRUCT(put_in, (), (coins))
BOOST_DESCRIBE_STRUCT(take_out, (), (coins))
BOOST_DESCRIBE_STRUCT(coins_put_in, (), (coins))
BOOST_DESCRIBE_STRUCT(coins_taken_out, (), (coins))
BOOST_DESCRIBE_STRUCT(state, (), (coins))

using aggregate = stele::aggregate<"purse", state, command, event>;

} // namespace purse
