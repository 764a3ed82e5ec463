#include "app/check/snapshots.hpp"

#include "app/admin/ask.hpp"
#include "app/check/json_reader.hpp"
#include "app/check/stream_case.hpp"
#include "persistence/recorded_event.hpp"

namespace stele::check {

namespace {

constexpr std::size_t snapshots_in_a_read = 500;

bool read_status(json_reader& in, stage& to) {
  std::string text;
  if (!in.text(text)) return false;
  for (const auto it : {stage::pending, stage::shipped, stage::cancelled})
    if (text == to_string(it)) to = it;
  return to != stage::none || text == "none";
}

bool read_cents(json_reader& in, std::int64_t& to) {
  std::string_view number;
  const auto cents = in.number(number) ? cents_of(number) : std::nullopt;
  to = cents.value_or(0);
  return cents.has_value();
}

bool read_member(json_reader& in, std::string_view name, state& to) {
  std::string text;
  bool open = false;
  if (name == "status") return read_status(in, to.at);
  if (name == "customer_id" || name == "owner") return in.text(text) && (to.who = hash_of(text), true);
  if (name == "total_amount" || name == "balance") return read_cents(in, to.cents);
  if (name == "items") return in.array([&] { return in.skip() && (++to.count, true); });
  if (name == "open") return in.truth(open) && (to.at = open ? stage::open : stage::none, true);
  return in.skip();
}

bool same(const state& kept, const state& wanted) {
  return kept.at == wanted.at && kept.cents == wanted.cents && kept.who == wanted.who &&
         (kept.at == stage::open || kept.count == wanted.count); // An account does not count its movements.
}

} // namespace

std::optional<kept_state> read_snapshot(const snapshot& it) {
  const auto aggregate = aggregate_of(it.stream_id);
  if (aggregate != "order" && aggregate != "account") return std::nullopt;
  kept_state out{it.version, {}, true};
  json_reader in(it.state);
  out.readable = in.object([&](std::string_view name) { return read_member(in, name, out.shows); }) && in.at_end();
  return out;
}

stored<kept_states> read_snapshots(store& storage, const registry& hosted) {
  kept_states all;
  for (std::string last;;) {
    auto page = admin::ask<std::vector<snapshot>>(
        [&](auto reply) { storage.snapshots().read_snapshots(last, snapshots_in_a_read, reply); });
    if (!page) return page.error();
    if (page->empty()) return all;
    for (const auto& it : *page) {
      const auto* type = hosted.aggregate(aggregate_of(it.stream_id));
      if (type == nullptr || type->description_hash() != it.description_hash) continue;
      if (const auto kept = read_snapshot(it)) all.emplace(it.stream_id, *kept);
    }
    last = page->back().stream_id;
  }
}

void check_snapshot(const stream_case& it, const kept_state& kept) {
  const auto where = "the snapshot of " + it.name + " at version " + std::to_string(kept.version);
  if (kept.version > it.versions())
    return it.out.add("P16", where + " is ahead of its events, which end at " + version_text(it, it.versions()));
  if (!kept.readable) return it.out.add("P16", where + " can't be read as a state");
  if (same(kept.shows, it.states[kept.version])) return;
  const bool other = kept.shows.who != it.states[kept.version].who;
  it.out.add("P16", where + " is (" + state_text(kept.shows) + (other ? ", of somebody else)" : ")") +
                        "; its events add up to " + version_text(it, kept.version));
}

} // namespace stele::check
