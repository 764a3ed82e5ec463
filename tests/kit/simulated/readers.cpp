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

std::string in_words(const token& it) {
  std::string text;
  for (const auto& [shard, position] : it.positions)
    text += (text.empty() ? "position " : ", ") + std::to_string(position) + " of shard " + std::to_string(shard);
  return text;
}

std::string in_words(const view_type& view, const std::optional<row_values>& row) {
  return row ? row_json(view.definition().schema, *row) : "no row";
}

} // namespace

readers::readers(kit::simulation& world, kit::simulated_database& database, const std::deque<registry>& releases,
                 live_nodes nodes)
    : sim_(world), database_(database), releases_(releases), nodes_(std::move(nodes)), expected_(database),
      sessions_(sessions) {}

void readers::read(std::uint64_t chance, std::uint32_t streams) {
  const auto open = nodes_();
  if (open.empty() || !has_views()) return;
  dice choice(chance);
  question it;
  it.view = choice.below(releases_.back().views.size());
  it.at = open[choice.below(open.size())];
  it.session = choice.below(sessions);
  if (!choice.one_in(3)) it.key = choose_key(view_of(it), choice.below(1000), streams);
  if (!choice.one_in(4)) it.after = sessions_[it.session];
  send(std::move(it), choice.of<std::int64_t>({0, 100, 1000, 5000}));
}

void readers::poll(std::uint32_t streams) {
  if (!has_views()) return;
  question it;
  while (it.view < releases_.back().views.size() && view_of(it).keys()) ++it.view; // Those are not served from memory.
  if (it.view == releases_.back().views.size()) return;
  it.key = choose_key(view_of(it), sim_.below(1000), streams);
  const node_number owner = database_.owners[expected_.shard_of_row(view_of(it), it.key)].node;
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
    for (std::size_t view = 0; view < releases_.back().views.size(); ++view) {
      question it;
      it.at = node;
      it.view = view;
      it.after = all;
      it.must_be_fresh = true;
      send(std::move(it), last_wait_ms);
    }
  }
}

bool readers::are_content() {
  if (!has_views()) return true;
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
  if (!it.key.empty() && it.after.empty() && !view_of(it).keys()) it.told = told_;
  query_ptr made(new query);
  made->view = view_of(it).name();
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
           (it.key.empty() ? "all rows" : "row " + it.key) + " of " + std::string(view_of(it).name()) +
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
           std::to_string(found.page.rows.size()) + " rows of " + std::string(view_of(it).name()) +
           (found.as_of.reached.empty() ? "" : ", current to " + in_words(found.as_of.reached)) +
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
    for (const auto& [key, events] : expected_.of(view_of(it))) {
      const auto row = rows.find(key);
      judge_row(it, key, row == rows.end() ? std::nullopt : std::optional(row->second), at_least);
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

/// By the rules of any release: the table of an older one serves until it is rebuilt.
void readers::judge_row(const question& it, const std::string& key, const std::optional<row_values>& row,
                        const token& at_least) {
  bool is_older = false;
  for (const registry& release : releases_) {
    const finding found = compare(*release.views[it.view], key, row, at_least);
    if (found == finding::right) return;
    is_older = is_older || found == finding::older;
  }
  const std::string found = "it reads " + in_words(view_of(it), row);
  if (is_older)
    broke(holds_token, it, key, found + ", without all events up to " + in_words(at_least));
  else
    broke(rows_fold, it, key, found + ", which is the fold of no beginning of its events");
}

readers::finding readers::compare(const view_type& view, const std::string& key, const std::optional<row_values>& row,
                                  const token& at_least) {
  static const expected_rows::events none;
  const auto known = expected_.of(view).find(key);
  const auto& events = known == expected_.of(view).end() ? none : known->second;
  std::optional<row_values> folded;
  finding best = finding::wrong;
  for (std::size_t count = 0; count <= events.size(); ++count) {
    if (count > 0) {
      auto more = view.fold(key, std::move(folded), std::span(&events[count - 1], 1));
      if (!more) return finding::wrong;
      folded = std::move(*more);
    }
    if (folded != row) continue;
    if (count == events.size() || expected_.may_lack(view, *events[count], at_least)) return finding::right;
    best = finding::older;
  }
  return best;
}

std::string readers::choose_key(const view_type& view, std::size_t chance, std::uint32_t streams) {
  if (!view.keys()) return std::to_string(1 + chance % streams);
  const auto& rows = expected_.of(view);
  if (rows.empty()) return "of nothing";
  return std::next(rows.begin(), static_cast<std::ptrdiff_t>(chance % rows.size()))->first;
}

/// Why rows in the database are not the fold of the log; empty: they are.
std::string readers::difference() {
  for (const auto& view : releases_.back().views) {
    const auto* table = database_.tables.serving(std::string(view->name()));
    const std::string name = "view " + std::string(view->name());
    if (table == nullptr) return name + " was never opened; ";
    if (table->version != view->definition().version)
      return name + " is served from a table of version " + std::to_string(table->version) + "; ";
    const auto& wanted = expected_.of(*view);
    for (const auto& [key, events] : wanted) {
      const auto row = table->rows.find(key);
      const auto found = row == table->rows.end() ? std::nullopt : std::optional(row->second);
      if (const auto folded = expected_rows::fold(*view, key, events); found != folded)
        return "row " + key + " of " + name + " reads " + in_words(*view, found) + ", and its events fold to " +
               in_words(*view, folded) + "; ";
    }
    if (table->rows.size() != wanted.size())
      return name + " has " + std::to_string(table->rows.size()) + " rows, and should have " +
             std::to_string(wanted.size()) + "; ";
  }
  return {};
}

void readers::broke(const std::string& promise, const question& it, const std::string& key, const std::string& found) {
  sim_.record.broke(promise,
                    "node " + std::to_string(it.at->number()) + ", asked for " +
                        (key.empty() ? "all rows" : "row " + key) + " of " + std::string(view_of(it).name()) +
                        (it.after.empty() ? "" : " with a token") + ": " + found,
                    key.empty() ? std::nullopt : std::optional(expected_.shard_of_row(view_of(it), key)));
}

std::uint64_t readers::moves() const {
  std::uint64_t sum = 0;
  for (const shard_owner& it : database_.owners) sum += it.epoch;
  return sum;
}

} // namespace stele::simulated
