#include "actors/asked_query.hpp"

#include "actors/sabotage.hpp"

#include <algorithm>

namespace stele {

namespace {

constexpr std::size_t token_pairs_max = 64;

template <class Types>
std::string known_names(const Types& types) {
  std::string names;
  for (const auto& type : types) {
    if (!names.empty()) names += ", ";
    names += type->name();
  }
  return names.empty() ? "none" : names;
}

std::optional<refusal> check_token(const token& after, const store_identity& store) {
  if (after.empty()) return std::nullopt;
  if (after.history != store.history)
    return refusal{refusal_kind::history_changed,
                   "history_changed",
                   "The token speaks of history " + to_string(after.history) + ", this store holds " +
                       to_string(store.history) + "; ask again without it.",
                   {}};
  for (const auto& pair : after.positions)
    if (pair.first >= store.shards)
      return refusal{refusal_kind::bad_token,
                     "bad_token",
                     "The token names shard " + std::to_string(pair.first) + ", this store has " +
                         std::to_string(store.shards) + "; ask again without it.",
                     {}};
  return std::nullopt;
}

std::optional<refusal> check_page(const row_selection& selection, std::uint32_t page_size_max) {
  if (selection.page >= 1 && selection.page_size >= 1 && selection.page_size <= page_size_max) return std::nullopt;
  return refusal{refusal_kind::invalid, "bad_page",
                 "page counts from 1 and page_size is 1 to " + std::to_string(page_size_max) + ", found page " +
                     std::to_string(selection.page) + " of size " + std::to_string(selection.page_size) + ".",
                 selection.page >= 1 ? "/page_size" : "/page"};
}

/// Which rows a registered query wants; answers the name of its view.
std::variant<std::string, refusal> plan(asked_query& asked, const registry& hosted) {
  const auto* type = hosted.query(asked.it->name);
  if (!type)
    return refusal{refusal_kind::not_found,
                   "unknown_query",
                   "There is no query " + asked.it->name + "; known are " + known_names(hosted.queries) + ".",
                   {}};
  auto planned = type->plan(asked.it->parameters, asked.it->text_values);
  if (auto* why = std::get_if<refusal>(&planned)) return std::move(*why);
  asked.selection = std::move(std::get<planned_query>(planned).selection);
  asked.acceptable_lag_ms = type->acceptable_lag_ms();
  return std::string(type->view());
}

std::optional<refusal> find_view(asked_query& asked, const read_context& context, const registry& hosted,
                                 const std::string& name) {
  for (const auto& view : context.served)
    if (view->type().name() == name) asked.view = view;
  if (!asked.view)
    return refusal{refusal_kind::not_found,
                   "unknown_view",
                   "There is no view " + name + "; known are " + known_names(hosted.views) + ".",
                   {}};
  if (asked.view->is_open()) return std::nullopt;
  return refusal{
      refusal_kind::unavailable, "view_not_open", "View " + name + " is not open yet; try again shortly.", {}};
}

/// How far the row of a look-up must go: to the caller's token, or to what is committed by now, which only the owner of
/// its shard knows.
void aim(asked_query& asked, const read_context& context) {
  const auto& definition = asked.view->type().definition();
  asked.shard = shard_of(definition.aggregate + "-" + asked.it->key, context.events.identity().shards);
  const bool proven = context.shards.is_proven(asked.asked_us);
  const bool ours = context.shards.is_mine(asked.shard) && proven;
  asked.memory_trusted = proven;
  asked.current = ours || !asked.it->after.empty() || STELE_SABOTAGE(rows_of_others_called_current);
  if (asked.it->after.empty() && ours) asked.target = context.heads[asked.shard];
  for (const auto& [shard, position] : asked.it->after.positions)
    if (shard == asked.shard) asked.target = position;
}

/// A look-up in a view with a key of its own, as a selection: its row holds events of many shards, so it is as current
/// as a list is, and waits for a token as a list does.
row_selection row_of(const view_type& view, const std::string& key) {
  row_selection one;
  one.where = {{{view.definition().schema.columns.front().name, comparison::equal, key}}};
  one.page_size = 1;
  return one;
}

} // namespace

asked_query::~asked_query() {
  // The node may be gone: nothing of it is touched.
  if (owed)
    it->answer(refusal{refusal_kind::unavailable, "closing", "The node is closing; ask another, or later.", {}});
}

std::variant<asked_ptr, refusal> understand(query_ptr it, const read_context& context, const registry& hosted) {
  asked_ptr asked(new asked_query);
  asked->it = std::move(it);
  asked->asked_us = context.time.steady_us();
  const auto wait_ms = std::clamp<std::int64_t>(asked->it->timeout_ms, 0, context.settings.query_wait_ms_max);
  asked->deadline_us = asked->asked_us + wait_ms * 1000;
  if (auto why = check_token(asked->it->after, context.events.identity())) return std::move(*why);
  asked->selection = asked->it->selection;
  std::string view = asked->it->view;
  if (!asked->it->name.empty()) {
    auto planned = plan(*asked, hosted);
    if (auto* why = std::get_if<refusal>(&planned)) return std::move(*why);
    view = std::move(std::get<std::string>(planned));
  }
  if (auto why = find_view(*asked, context, hosted, view)) return std::move(*why);
  if (!asked->selection && asked->view->type().keys()) asked->selection = row_of(asked->view->type(), asked->it->key);
  if (!asked->selection)
    aim(*asked, context);
  else if (auto why = check_page(*asked->selection, context.settings.page_size_max))
    return std::move(*why);
  asked->owed = true;
  return asked;
}

asked_ptr position_wanted(const read_context& context, std::shared_ptr<served_view> view, const await_written& what,
                          std::function<void(shard_position)> tell) {
  asked_ptr asked(new asked_query);
  asked->it = query_ptr(new query);
  asked->it->after = make_token(context.events.identity().history, what.shard, what.position);
  asked->view = std::move(view);
  asked->selection.emplace();
  asked->shard = what.shard;
  asked->asked_us = context.time.steady_us();
  asked->deadline_us =
      asked->asked_us + std::clamp<std::int64_t>(what.wait_ms, 0, context.settings.query_wait_ms_max) * 1000;
  asked->it->answer = [tell](const query_outcome&) { tell(0); }; // There was no room to wait, or the node is closing.
  asked->tell = std::move(tell);
  asked->owed = true;
  return asked;
}

void answer(const read_context& context, asked_query& asked, query_outcome outcome) {
  auto& counters = context.counters;
  const auto* found = std::get_if<found_rows>(&outcome);
  (found ? counters.queries_answered : counters.queries_refused).fetch_add(1, std::memory_order_relaxed);
  if (found && found->as_of.stale) counters.queries_stale.fetch_add(1, std::memory_order_relaxed);
  counters.query_us.add(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, context.time.steady_us() - asked.asked_us)));
  counters.queries_in_flight.fetch_sub(1, std::memory_order_relaxed);
  asked.owed = false;
  asked.it->answer(outcome);
}

void answer_lookup(const read_context& context, asked_query& asked, std::optional<row_values> row,
                   shard_position position, bool late) {
  found_rows found;
  found.schema = &asked.view->type().definition().schema;
  if (row) {
    found.page.rows.push_back(*std::move(row));
    found.page.total = 1;
  }
  if (position > 0) found.as_of.at = make_token(context.events.identity().history, asked.shard, position);
  found.as_of.reached = found.as_of.at;
  merge(found.as_of.at, asked.it->after);
  found.as_of.stale = late || !asked.current;
  found.as_of.lag_ms = asked.view->lag_ms(asked.shard, position, context.time.now());
  answer(context, asked, std::move(found));
}

void answer_list(const read_context& context, asked_query& asked, row_page page,
                 const std::vector<shard_position>& positions, bool late) {
  found_rows found;
  found.schema = &asked.view->type().definition().schema;
  found.page = std::move(page);
  found.page_number = asked.selection->page;
  found.page_size = asked.selection->page_size;
  found.as_of.at.history = context.events.identity().history;
  for (shard_number shard = 0; shard < positions.size() && positions.size() <= token_pairs_max; ++shard)
    if (positions[shard] > 0) found.as_of.at.positions.emplace_back(shard, positions[shard]);
  found.as_of.reached = found.as_of.at;
  merge(found.as_of.at, asked.it->after);
  found.as_of.lag_ms = asked.view->lag_ms(positions, context.time.now());
  found.as_of.stale = late || (asked.it->after.empty() && found.as_of.lag_ms > asked.acceptable_lag_ms);
  answer(context, asked, std::move(found));
}

} // namespace stele
