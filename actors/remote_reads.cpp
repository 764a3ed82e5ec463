#include "actors/remote_reads.hpp"

#include "actors/projector.hpp"
#include "actors/query_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stele {

namespace {

constexpr std::int64_t pause_ms = 20; ///< Before a node is asked again, or looked for.

} // namespace

remote_reads::remote_reads(read_context_ptr context, link& peers, std::vector<caf::actor> queries,
                           std::vector<caf::actor> projectors)
    : context_(std::move(context)), peers_(peers), queries_(std::move(queries)), projectors_(std::move(projectors)) {}

node_number remote_reads::folder_of(const served_view& view, shard_number shard) const {
  return context_->shards.owner(view.type().keys() ? home_shard : shard);
}

bool remote_reads::is_elsewhere(const served_view& view, shard_number shard) const {
  return folder_of(view, shard) != context_->shards.me();
}

void remote_reads::look_up(const asked_ptr& asked, std::function<void(asked_ptr)> otherwise) {
  const node_number owner = context_->shards.owner(asked->shard);
  if (owner == 0 || owner == context_->shards.me() || asked->it->forwarded) return otherwise(asked);
  const std::int64_t left_ms = (asked->deadline_us - context_->time.steady_us()) / 1000;
  auto reply = [self = weak_from_this(), asked,
                otherwise = std::move(otherwise)](std::variant<query_outcome, link_fault> outcome) {
    const auto here = self.lock();
    if (!here) return;
    const lifetime_gate::pass inside(here->context_->gate);
    if (!inside) return;
    auto* found = std::get_if<query_outcome>(&outcome);
    if (!found || !std::holds_alternative<found_rows>(*found)) return otherwise(asked);
    answer(*here->context_, *asked, std::move(*found));
  };
  peers_.forward(owner, asked->it, std::max<std::int64_t>(left_ms, 0), std::move(reply));
}

void remote_reads::await(const served_view& view, shard_number shard, shard_position position, std::int64_t until_us) {
  if (folder_of(view, shard) != context_->shards.me()) return ask(view.number(), shard, position, until_us);
  // It is folded here. The token proves that the event is there, though the node that stored it may be silent.
  if (view.type().keys()) {
    auto hear = [shard, position](projector& it) { it.hear(shard, position); };
    caf::anon_send(projectors_[view.number()],
                   projector_call{std::make_shared<const std::function<void(projector&)>>(std::move(hear))});
  }
}

void remote_reads::ask(std::size_t view, shard_number shard, shard_position position, std::int64_t until_us) {
  const auto& served = *context_->served[view];
  const std::int64_t left_ms = (until_us - context_->time.steady_us()) / 1000;
  const node_number owner = folder_of(served, shard);
  if (left_ms <= 0) return;
  if (owner == 0 || owner == context_->shards.me()) return ask_again(view, shard, position, until_us);
  auto reply = [self = weak_from_this(), view, shard, position,
                until_us](const std::variant<peer_answer, link_fault>& answer) {
    const auto here = self.lock();
    if (!here) return;
    const lifetime_gate::pass inside(here->context_->gate);
    if (!inside) return;
    const auto* found = std::get_if<peer_answer>(&answer);
    const auto* written = found ? std::get_if<written_up_to>(found) : nullptr;
    if (written && written->owner) here->learn(view, shard, written->position);
    if (!written || !written->owner || written->position < position) here->ask_again(view, shard, position, until_us);
  };
  peers_.ask(owner, await_written{std::string(served.type().name()), shard, position, left_ms}, left_ms,
             std::move(reply));
}

/// By way of a query actor, which has a timer. Where the shard is this node's by then, its own projector tells.
void remote_reads::ask_again(std::size_t view, shard_number shard, shard_position position, std::int64_t until_us) {
  if (queries_.empty()) return;
  auto again = [self = weak_from_this(), view, shard, position, until_us] {
    if (const auto here = self.lock()) here->await(*here->context_->served[view], shard, position, until_us);
  };
  caf::anon_send(queries_.front(), do_later{pause_ms, std::make_shared<const std::function<void()>>(std::move(again))});
}

/// Of a shard that has become this node's meanwhile only its own projector knows: rows in memory go with what it says.
void remote_reads::learn(std::size_t view, shard_number shard, shard_position written) {
  auto& served = *context_->served[view];
  if (!is_elsewhere(served, shard) || !served.advance_remote(shard, written)) return;
  for (const auto& to : queries_) caf::anon_send(to, view_moved{view});
}

std::size_t remote_reads::find_view(const std::string& name) const {
  const auto& served = context_->served;
  const auto found =
      std::find_if(served.begin(), served.end(), [&](const auto& it) { return it->type().name() == name; });
  return static_cast<std::size_t>(found - served.begin());
}

void remote_reads::hear(const node_status& it) {
  const unix_ms now = context_->time.now();
  for (const auto& served : context_->served)
    for (const auto& [shard, head] : it.heads) {
      if (shard < context_->shards.size() && is_elsewhere(*served, shard)) served->hear_remote(shard, head, now);
    }
  for (const auto& [name, positions] : it.written)
    if (const std::size_t view = find_view(name); view < context_->served.size())
      for (const auto& [shard, written] : positions)
        if (shard < context_->shards.size()) learn(view, shard, written);
  for (std::size_t view = 0; view < projectors_.size(); ++view) {
    if (!context_->served[view]->type().keys()) continue;
    auto hear = [heads = it.heads](projector& to) {
      for (const auto& [shard, head] : heads) to.hear(shard, head);
    };
    caf::anon_send(projectors_[view],
                   projector_call{std::make_shared<const std::function<void(projector&)>>(std::move(hear))});
  }
}

} // namespace stele
