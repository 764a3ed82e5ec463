#include "app/check/lists.hpp"

#include "app/check/real_time.hpp"

#include <algorithm>
#include <map>

namespace stele::check {

namespace {

std::string text(std::uint64_t number) { return std::to_string(number); }

} // namespace

struct lists::session {
  std::map<std::uint32_t, std::uint64_t> totals; ///< By customer.
  std::vector<shard_position> positions;         ///< Of the tokens of answers, by shard.

  void learn(const told_tokens& tokens, const operation& it) {
    if (it.customer != nothing) totals[it.customer] = std::max(totals[it.customer], it.total);
    for (const auto& pair : tokens.pairs(it.token)) {
      if (positions.size() <= pair.shard()) positions.resize(pair.shard() + 1);
      positions[pair.shard()] = std::max(positions[pair.shard()], pair.position());
    }
  }
};

struct lists::listed {
  std::int64_t invoked, completed;
  const operation* by;
};

lists::lists(const history& told, std::uint32_t shards, verdicts& out)
    : told_(told), out_(out), customers_(told.customers.size()), owner_of_(told.streams.size(), nothing),
      at_(told.streams.size()), order_positions_(shards) {}

void lists::add(const char* promise, const operation& by, const std::string& what) {
  out_.add(promise, name_of(told_, by) + ": " + what);
}

void lists::add(const stream_case& it) {
  if (it.log.empty() || it.log.front().happened.what != verb::create_order) return;
  if (it.shard < order_positions_.size())
    for (const auto& each : it.log) order_positions_[it.shard].push_back(each.position);
  const auto whose = told_.customer_numbers.find(it.log.front().happened.who);
  if (whose == told_.customer_numbers.end()) return;
  auto& to = customers_[whose->second];
  to.orders.push_back({it.shard, it.log.front().position, it.effects.front().invoked, it.stream});
  to.invoked.push_back(it.effects.front().invoked);
  if (it.stream == nothing) return;
  owner_of_[it.stream] = whose->second;
  at_[it.stream] = {it.shard, it.log.front().position};
}

void lists::check() {
  if (!whole_) return;
  for (auto& positions : order_positions_) std::sort(positions.begin(), positions.end());
  for (auto& each : customers_) {
    std::sort(each.orders.begin(), each.orders.end(), [](const auto& a, const auto& b) {
      return std::pair(a.shard, a.position) < std::pair(b.shard, b.position);
    });
    std::sort(each.invoked.begin(), each.invoked.end());
  }
  std::map<std::uint32_t, std::vector<listed>> by_client;
  for (const auto& it : told_.operations)
    if (it.list && it.how == outcome::ok) by_client[it.client].push_back({it.invoked, it.completed, &it});
  for (auto& [client, all] : by_client) {
    session seen;
    in_real_time(
        all,
        [&](const listed& it) {
          if (it.by->customer != nothing) check_customer(*it.by);
          check_session(*it.by, seen);
        },
        [&](const listed& it) { seen.learn(told_.tokens, *it.by); });
  }
}

void lists::check_customer(const operation& by) {
  const auto& whose = customers_[by.customer];
  check_rows(by, whose);
  check_total(by, whose);
  if (lacks(by, whose, by.after))
    add("P13", by,
        "the list lacks orders that the token it sent holds, and is not marked stale; it has " + text(by.total));
  else if (lacks(by, whose, by.token))
    add("P15", by,
        "the list lacks orders that the token of the answer says it holds, and is not marked stale; it has " +
            text(by.total));
}

void lists::check_rows(const operation& by, const customer& whose) {
  std::vector<std::uint32_t> streams;
  for (std::uint32_t i = 0; i < by.rows; ++i) {
    const auto stream = told_.rows[by.row + i].stream;
    if (owner_of_[stream] != by.customer && !whose.orders.empty())
      add("P11", by, "the list holds " + told_.streams[stream] + ", which is not an order of that customer");
    streams.push_back(stream);
  }
  std::sort(streams.begin(), streams.end());
  if (const auto twice = std::adjacent_find(streams.begin(), streams.end()); twice != streams.end())
    add("P11", by, "the list holds " + told_.streams[*twice] + " twice");
}

void lists::check_total(const operation& by, const customer& whose) {
  const auto made = whose.invoked.size();
  if (by.total > made)
    return add("P11", by,
               "the list counts " + text(by.total) + " orders; the store has " + text(made) + " of that customer");
  const auto sent = static_cast<std::uint64_t>(
      std::upper_bound(whose.invoked.begin(), whose.invoked.end(), by.completed) - whose.invoked.begin());
  if (by.total > sent)
    add("P4", by,
        "the list counts " + text(by.total) + " orders; when it was answered, only " + text(sent) +
            " had been asked for");
}

// Whether orders are missing that stand at positions the token holds. All orders are counted, and those on the page
// are looked at where it is the only one.
bool lists::lacks(const operation& by, const customer& whose, std::uint32_t token) const {
  std::uint64_t wanted = 0, shown = 0;
  for (const auto& pair : told_.tokens.pairs(token)) {
    const auto before = [&](const creation& each, const std::pair<shard_number, shard_position>& key) {
      return std::pair(each.shard, each.position) < key;
    };
    const auto& orders = whose.orders;
    const auto begin =
        std::lower_bound(orders.begin(), orders.end(), std::pair(pair.shard(), shard_position{0}), before);
    const auto end = std::lower_bound(begin, orders.end(), std::pair(pair.shard(), pair.position() + 1), before);
    wanted += static_cast<std::uint64_t>(end - begin);
  }
  if (by.total < wanted) return true;
  if (by.total != by.rows) return false;
  for (std::uint32_t i = 0; i < by.rows; ++i) {
    const auto [shard, position] = at_[told_.rows[by.row + i].stream];
    if (position != 0 && position <= told_.tokens.position(token, shard)) ++shown;
  }
  return shown < wanted;
}

void lists::check_session(const operation& by, const session& seen) {
  if (const auto total = seen.totals.find(by.customer); total != seen.totals.end() && by.total < total->second)
    return add("P14", by,
               "the list counts " + text(by.total) + " orders; the same client had been told of " +
                   text(total->second) + " before it asked");
  for (shard_number shard = 0; shard < seen.positions.size() && shard < order_positions_.size(); ++shard) {
    const auto position = told_.tokens.position(by.token, shard);
    if (position >= seen.positions[shard]) continue;
    const auto& orders = order_positions_[shard];
    const auto next = std::upper_bound(orders.begin(), orders.end(), position);
    if (next == orders.end() || *next > seen.positions[shard]) continue; // Nothing of an order lies between.
    return add("P14", by,
               "the token of the list holds shard " + text(shard) + " up to position " + text(position) +
                   "; the same client had been given one up to " + text(seen.positions[shard]) + " before it asked");
  }
}

} // namespace stele::check
