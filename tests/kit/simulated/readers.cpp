#include "tests/kit/simulated/readers.hpp"

#include <algorithm>
#include <utility>

namespace stele::simulated {

using kit::promise::holds_token;
using kit::promise::rows_fold;

namespace {

constexpr std::size_t sessions = 3;
constexpr std::int64_t last_wait_ms = 8000;

shard_position position_in(const token& it, shard_number shard) {
  for (const auto& [named, position] : it.positions)
    if (named == shard) return position;
  return 0;
}

const std::string& key_of(const row_values& row) { return std::get<std::string>(row.front()); }

std::string stream_of(const view_type& view, const std::string& key) { return view.definition().aggregate + "-" + key; }

std::string up_to(const currency& as_of) {
  std::string text;
  for (const auto& [shard, position] : as_of.reached.positions)
    text += (text.empty() ? ", current to position " : ", ") + std::to_string(position) + " of shard " +
            std::to_string(shard);
  return text;
}

std::string in_words(const view_type& view, const std::optional<row_values>& row) {
  return row ? row_json(view.definition().schema, *row) : "no row";
}

} // namespace

readers::readers(kit::simulation& world, kit::simulated_database& database, const registry& hosted, live_nodes nodes)
    : sim_(world), database_(database), hosted_(hosted), nodes_(std::move(nodes)), sessions_(sessions) {}

void readers::read(std::uint64_t chance, std::uint32_t streams) {
  const auto open = nodes_();
  if (open.empty() || hosted_.views.empty()) return;
  dice choice(chance);
  question it;
  it.view = hosted_.views[choice.below(hosted_.views.size())].get();
  it.at = open[choice.below(open.size())];
  it.session = choice.below(sessions);
  if (!choice.one_in(3)) it.key = std::to_string(1 + choice.below(streams));
  if (!choice.one_in(4)) it.after = sessions_[it.session];
  send(std::move(it), choice.of<std::int64_t>({0, 100, 1000, 5000}));
}

void readers::poll(std::uint32_t streams) {
  if (hosted_.views.empty()) return;
  question it;
  it.view = hosted_.views[sim_.below(hosted_.views.size())].get();
  it.key = std::to_string(1 + sim_.below(streams));
  const node_number owner = database_.owners[shard_of(stream_of(*it.view, it.key), database_.shard_count())].node;
  for (kit::simulated_node* node : nodes_())
    if (node->number() == owner) it.at = node;
  if (it.at != nullptr) send(std::move(it), 0);
}

void readers::heard_of(const acceptance& done) {
  if (done.position == 0) return;
  merge(told_, make_token(database_.history(), done.shard, done.position));
  token& session = sessions_[next_session_++ % sessions];
  merge(session, make_token(database_.history(), done.shard, done.position));
}

void readers::ask_for_everything() {
  if (std::exchange(asked_for_everything_, true)) return;
  token all;
  for (shard_number shard = 0; shard < database_.shard_count(); ++shard)
    if (const auto head = database_.log[shard].size(); head != 0)
      merge(all, make_token(database_.history(), shard, head));
  for (kit::simulated_node* node : nodes_()) {
    if (node->leaves) continue; // It lets nobody wait any more.
    for (const auto& view : hosted_.views) {
      question it;
      it.at = node;
      it.view = view.get();
      it.after = all;
      it.must_be_fresh = true;
      send(std::move(it), last_wait_ms);
    }
  }
}

bool readers::are_content() {
  if (hosted_.views.empty()) return true;
  const auto open = nodes_();
  const bool ready = std::all_of(open.begin(), open.end(), [](const auto* it) { return it->reads->ready(); });
  if (!ready || !difference().empty()) return false;
  ask_for_everything();
  return std::all_of(questions_.begin(), questions_.end(),
                     [](const question& it) { return it.heard || !it.must_be_fresh || !it.at->serves(); });
}

std::string readers::what_is_missing() {
  const std::string text = difference();
  return text.empty() ? "a view is not open, or a question with a token of everything is not answered; " : text;
}

void readers::send(question wanted, std::int64_t timeout_ms) {
  question& it = questions_.emplace_back(std::move(wanted));
  it.asked_us = sim_.time.steady_us();
  it.moves = moves();
  if (!it.key.empty() && it.after.empty() && !it.view->keys()) it.told = told_;
  query_ptr made(new query);
  made->view = it.view->name();
  made->key = it.key;
  if (it.key.empty()) {
    made->selection.emplace();
    made->selection->page_size = 100;
  }
  made->after = it.after;
  made->timeout_ms = timeout_ms;
  made->answer = [this, &it](const query_outcome& outcome) { it.at->say([this, &it, outcome] { hear(it, outcome); }); };
  sim_.record.tell({}, [&] {
    return "a reader asks node " + std::to_string(it.at->number()) + " for " +
           (it.key.empty() ? "all rows" : "row " + it.key) + " of " + std::string(it.view->name()) +
           (it.after.empty() ? "" : ", with a token");
  });
  it.at->reads->ask(std::move(made));
}

void readers::hear(question& it, const query_outcome& outcome) {
  if (it.at->crashed || std::exchange(it.heard, true)) return;
  if (it.asked_us < sim_.time.steady_us() && !it.after.empty()) sim_.record.saw(kit::rare::answer_waited);
  if (it.moves != moves()) sim_.record.saw(kit::rare::read_while_moving);
  if (const auto* found = std::get_if<found_rows>(&outcome))
    hear_rows(it, *found);
  else
    hear_refusal(it, std::get<refusal>(outcome));
}

void readers::hear_rows(const question& it, const found_rows& found) {
  sim_.record.note({found.page.rows.size(), found.as_of.stale});
  sim_.record.tell({}, [&] {
    return "node " + std::to_string(it.at->number()) + " answers a reader with " +
           std::to_string(found.page.rows.size()) + " rows of " + std::string(it.view->name()) + up_to(found.as_of) +
           (found.as_of.stale ? ", stale" : "");
  });
  if (found.as_of.stale) sim_.record.saw(kit::rare::answer_stale);
  judge_token(it, found.as_of);
  token at_least = found.as_of.reached;
  if (!found.as_of.stale) {
    merge(at_least, it.after);
    merge(at_least, it.told);
  }
  std::map<std::string, row_values> rows;
  for (const row_values& row : found.page.rows) rows.emplace(key_of(row), row);
  if (!it.key.empty())
    rows.size() == 1 ? judge_row(it, it.key, rows.begin()->second, at_least)
                     : judge_row(it, it.key, std::nullopt, at_least);
  if (it.key.empty())
    for (const auto& [stream, events] : database_.streams) {
      if (aggregate_of(stream) != it.view->definition().aggregate) continue;
      const auto row = rows.find(std::string(id_of(stream)));
      judge_row(it, std::string(id_of(stream)), row == rows.end() ? std::nullopt : std::optional(row->second),
                at_least);
    }
  if (!it.after.empty() && !found.as_of.stale) merge(sessions_[it.session], found.as_of.at);
  if (it.must_be_fresh && found.as_of.stale)
    broke(kit::promise::serves, it, it.key, "no fault is left, and the answer is stale");
}

void readers::hear_refusal(const question& it, const refusal& why) {
  sim_.record.note(why.code);
  sim_.record.tell({}, [&] { return "node " + std::to_string(it.at->number()) + " refuses a reader: " + why.code; });
  if (why.kind != refusal_kind::unavailable && why.kind != refusal_kind::overloaded)
    broke(holds_token, it, it.key, "refused: " + why.message);
  else if (it.must_be_fresh && it.at->serves())
    broke(kit::promise::serves, it, it.key, "no fault is left, and it is refused: " + why.message);
}

void readers::judge_token(const question& it, const currency& as_of) {
  for (const auto& [shard, position] : it.after.positions)
    if (position_in(as_of.at, shard) < position) broke(holds_token, it, it.key, "the token of the answer goes back");
  for (const auto& [shard, position] : as_of.at.positions)
    if (position > database_.log[shard].size())
      broke(holds_token, it, it.key,
            "the answer names position " + std::to_string(position) + " of shard " + std::to_string(shard) +
                ", where " + std::to_string(database_.log[shard].size()) + " events are stored");
}

void readers::judge_row(const question& it, const std::string& key, const std::optional<row_values>& row,
                        const token& at_least) {
  const auto events = events_of(*it.view, key);
  const shard_position wanted = position_in(at_least, shard_of(stream_of(*it.view, key), database_.shard_count()));
  std::optional<row_values> folded;
  bool is_older = false;
  for (std::size_t count = 0; count <= events.size(); ++count) {
    if (count > 0) {
      const recorded_event* next = &events[count - 1];
      auto more = it.view->fold(key, std::move(folded), std::span(&next, 1));
      if (!more) return broke(rows_fold, it, key, "an event can't be folded: " + more.error().what);
      folded = std::move(*more);
    }
    if (folded != row) continue;
    if (count == events.size() || events[count].position > wanted) return;
    is_older = true;
  }
  const std::string found = "it reads " + in_words(*it.view, row);
  if (is_older)
    broke(holds_token, it, key, found + ", without all events up to position " + std::to_string(wanted));
  else
    broke(rows_fold, it, key,
          found + ", which is the fold of none of its " + std::to_string(events.size()) + " events");
}

/// Why rows in the database are not the fold of the log; empty: they are.
std::string readers::difference() const {
  for (const auto& view : hosted_.views) {
    const auto& rows = database_.tables.of(std::string(view->name())).rows;
    for (const auto& [stream, events] : database_.streams) {
      if (aggregate_of(stream) != view->definition().aggregate) continue;
      const std::string key(id_of(stream));
      const auto row = rows.find(key);
      const auto found = row == rows.end() ? std::nullopt : std::optional(row->second);
      if (const auto wanted = fold(*view, events); found != wanted)
        return "row " + key + " of " + std::string(view->name()) + " reads " + in_words(*view, found) +
               ", and its events fold to " + in_words(*view, wanted) + "; ";
    }
  }
  return {};
}

std::optional<row_values> readers::fold(const view_type& view, std::span<const recorded_event> events) const {
  if (events.empty()) return std::nullopt;
  std::vector<const recorded_event*> all;
  for (const recorded_event& it : events) all.push_back(&it);
  auto row = view.fold(id_of(events.front().stream_id), std::nullopt, all);
  return row ? std::move(*row) : std::nullopt;
}

std::span<const recorded_event> readers::events_of(const view_type& view, const std::string& key) const {
  const auto found = database_.streams.find(stream_of(view, key));
  return found == database_.streams.end() ? std::span<const recorded_event>{} : found->second;
}

void readers::broke(const std::string& promise, const question& it, const std::string& key, const std::string& found) {
  sim_.record.broke(
      promise,
      "node " + std::to_string(it.at->number()) + ", asked for " + (key.empty() ? "all rows" : "row " + key) + " of " +
          std::string(it.view->name()) + (it.after.empty() ? "" : " with a token") + ": " + found,
      key.empty() ? std::nullopt : std::optional(shard_of(stream_of(*it.view, key), database_.shard_count())));
}

std::uint64_t readers::moves() const {
  std::uint64_t sum = 0;
  for (const shard_owner& it : database_.owners) sum += it.epoch;
  return sum;
}

} // namespace stele::simulated
