#include "app/load/client_model.hpp"

#include <utility>

namespace stele::load {

namespace {

constexpr std::size_t unresolved_max = 4096;

/// Refusals that tell for sure that this attempt had no effect, for a reason that passes.
bool is_passing(refusal_kind kind) {
  return kind == refusal_kind::overloaded || kind == refusal_kind::unavailable || kind == refusal_kind::client_limit;
}

bool is_unknown(refusal_kind kind) { return kind == refusal_kind::outcome_unknown || kind == refusal_kind::internal; }

std::string in_words(const refusal& why) { return std::string(to_string(why.kind)) + ' ' + why.code; }

} // namespace

judged client_model::take(std::uint64_t number, const answer& it) {
  const auto found = under_way_.find(number);
  auto mine = std::move(found->second);
  under_way_.erase(found);
  auto finding = judge(mine, it);
  return {std::move(mine.what), std::move(finding)};
}

std::optional<wrong> client_model::judge(pending& it, const answer& how) {
  return it.command ? judge_command(it, how) : judge_rows(it, how);
}

std::optional<wrong> client_model::judge_command(pending& it, const answer& how) {
  auto& command = *it.command;
  --command.attempts;
  auto finding = how.refused ? judge_refusal(command, *how.refused) : judge_acceptance(it, how);
  settle(it.command);
  return finding;
}

std::optional<wrong> client_model::judge_acceptance(pending& it, const answer& how) {
  auto& command = *it.command;
  auto& order = *command.order;
  const auto named = "order " + order.id() + ", " + command.what.command + ' ' + to_string(command.what.key);
  if (command.first) {
    const auto& first = *command.first;
    if (how.version != first.version || how.shard != first.shard || how.position != first.position)
      return wrong{"retry_differs", named + ": acknowledged as version " + std::to_string(first.version) +
                                        " at position " + std::to_string(first.position) + ", sent again as version " +
                                        std::to_string(how.version) + " at position " + std::to_string(how.position)};
    if (how.repeated == false && std::exchange(command.fresh, true))
      return wrong{"two_effects", named + ": acknowledged twice as not seen before"};
    return std::nullopt;
  }
  command.fresh = how.repeated == false;
  command.first = place{how.version, how.shard, how.position};
  merge(written_, how.at);
  merge(order.written, how.at);
  if (command.what.kind != op_kind::create) return order.acknowledged(command.effect, how.version, it.at_least);
  ++created_;
  return order.created(how.version);
}

// A rule may refuse a command only where the client can't be sure that the order is pending.
std::optional<wrong> client_model::judge_refusal(sent_command& it, const refusal& why) {
  if (is_unknown(why.kind)) {
    it.unknown = true;
    return std::nullopt;
  }
  if (is_passing(why.kind)) return std::nullopt;
  if (!it.first && it.order->ending()) {
    it.unknown = false; // An attempt that had an effect would have answered this one, and its rules refuse the rest.
    return std::nullopt;
  }
  const auto named = "order " + it.order->id() + ", " + it.what.command + ' ' + to_string(it.what.key) + ": ";
  if (it.first)
    return wrong{"retry_refused", named + "acknowledged before, and when sent again refused: " + in_words(why)};
  return wrong{"refused_without_reason", named + "no rule refuses it, but it was: " + in_words(why)};
}

void client_model::settle(const command_ptr& it) {
  if (it->first || it->dead) {
    unresolved_.erase(it->what.number);
  } else if (it->unknown) {
    if (unresolved_.size() < unresolved_max) unresolved_.emplace(it->what.number, it);
  } else if (it->attempts == 0) {
    it->dead = true;
    unresolved_.erase(it->what.number);
    it->what.kind == op_kind::create ? it->order->not_created() : it->order->taken_back(it->effect);
  }
}

std::optional<wrong> client_model::judge_rows(pending& it, const answer& how) {
  if (how.refused) {
    if (is_passing(how.refused->kind) || is_unknown(how.refused->kind)) return std::nullopt;
    return wrong{"refused_without_reason",
                 std::string(to_string(it.what.kind)) + " was refused: " + in_words(*how.refused)};
  }
  if (!it.order) return judge_list(it, how);
  const auto at_least = how.stale ? 0 : it.at_least;
  if (how.rows.size() > 1)
    return wrong{"wrong_row", "order " + it.what.order_id + ": a look-up answered more than one row"};
  if (how.rows.empty())
    return at_least == 0 ? std::nullopt
                         : std::optional(wrong{"lost_write", "order " + it.what.order_id + ": no row, but version " +
                                                                 std::to_string(at_least) + " had been answered"});
  auto finding = it.order->check(how.rows.front(), at_least);
  it.order->saw(how.rows.front().version);
  return finding;
}

std::optional<wrong> client_model::judge_list(const pending& it, const answer& how) const {
  const auto named = std::string(to_string(it.what.kind)) + " of " + it.what.customer_id + it.what.text + ": ";
  const bool mine = !it.what.customer_id.empty();
  if (!how.stale && mine && how.total < it.orders_at_least)
    return wrong{"lost_write", named + std::to_string(how.total) + " orders, but " +
                                   std::to_string(it.orders_at_least) + " had been acknowledged"};
  if (mine && how.total > made_)
    return wrong{"two_effects",
                 named + std::to_string(how.total) + " orders, but only " + std::to_string(made_) + " were ever sent"};
  for (const auto& row : how.rows) {
    if (mine && row.customer_id != customer_)
      return wrong{"wrong_row", named + "holds an order of customer '" + row.customer_id + "'"};
    const auto known = orders_.find(row.order_id);
    if (known == orders_.end()) continue;
    const auto bound = it.rows_at_least.find(row.order_id);
    const auto at_least = how.stale || bound == it.rows_at_least.end() ? 0 : bound->second;
    if (auto finding = known->second->check(row, at_least)) return finding;
    known->second->saw(row.version);
  }
  return std::nullopt;
}

} // namespace stele::load
