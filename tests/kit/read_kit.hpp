// A read side in a simulation: a log, a small view and query, and what must be true of every answer.
#pragma once

#include "actors/messages.hpp"
#include "actors/read_side.hpp"
#include "persistence/memory/memory_store.hpp"
#include "tests/kit/events.hpp"
#include "tests/kit/shaky_stores.hpp"
#include "tests/kit/simulation.hpp"

#include <caf/send.hpp>

#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace stele::kit {

/// Rows `{id, count, digest, label}` of aggregate `box`. Payloads are integers; the digest depends on their order, so
/// an event folded twice, left out or in another order shows. `poison` can't be folded, `bomb` throws.
class box_view final : public view_type {
public:
  explicit box_view(std::uint32_t version = 1) {
    definition_.schema.name = "boxes";
    definition_.schema.columns = {{"id", column_type::text, false},
                                  {"count", column_type::integer, false},
                                  {"digest", column_type::integer, false},
                                  {"label", column_type::text, true}};
    definition_.aggregate = "box";
    definition_.version = version;
    definition_.description_hash = 7 + version;
  }

  bool mended = false; ///< Poison is no poison any more.

  const view_definition& definition() const override { return definition_; }

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    for (const auto* event : events) {
      if (!row) row = row_values{std::string(key), std::int64_t{0}, std::int64_t{0}, {}};
      if (event->payload == "poison" && !mended)
        return store_error{store_fault::corrupt, "poison at " + event->stream_id};
      if (event->payload == "bomb" && !mended) throw std::runtime_error("bomb at " + event->stream_id);
      std::get<std::int64_t>((*row)[1]) += 1;
      auto& digest = std::get<std::int64_t>((*row)[2]);
      digest = (digest * 31 + static_cast<std::int64_t>(event->version) * definition_.version) % 1'000'000'007;
      (*row)[3] = event->payload;
    }
    return row;
  }

private:
  view_definition definition_;
};

/// `boxes_with {count}`: the parameter is a plain integer.
class box_query final : public query_type {
public:
  std::string_view name() const override { return "boxes_with"; }
  std::string_view view() const override { return "boxes"; }
  std::int64_t acceptable_lag_ms() const override { return 5000; }
  std::vector<std::string> parameters() const override { return {"count"}; }
  std::variant<planned_query, refusal> plan(std::string_view parameters, bool) const override {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(parameters.data(), parameters.data() + parameters.size(), count);
    if (error != std::errc{} || end != parameters.data() + parameters.size())
      return refusal{refusal_kind::invalid, "wrong_type", "not a number", "/count"};
    planned_query planned;
    planned.selection.where = {{{"count", comparison::greater_equal, count}}};
    planned.selection.page_size = 100;
    return planned;
  }
};

/// A node's read side with everything round it. Commits are made by hand.
class read_world {
public:
  explicit read_world(std::uint64_t seed, std::uint32_t shards = 4)
      : sim(seed), disk_(make_memory_store({nullptr, shards, 1, {}})), views(sim, disk_->views(), faults),
        log(sim, disk_->events(), faults), maker(shards), shards(shards), heads(shards),
        view(std::make_shared<box_view>()) {
    settings.fold_events_max = 7; // Small, so that a short test passes every limit.
    settings.write_events_max = 14;
    settings.row_cache_rows_max = 5;
    settings.handover_events_max = 40;
    settings.poison_attempts = 3;
    hosted.queries.push_back(std::make_shared<box_query>());
  }

  ~read_world() { stop(); }

  void start() {
    hosted.views = {view};
    hosted.views.insert(hosted.views.end(), more_views.begin(), more_views.end());
    reads = std::make_unique<read_side>(
        read_parts{sim.system(), log, views, hosted, settings, sim.time, counters, shards, peers, heads});
  }
  void stop() { reads.reset(); }

  /// Lets everything happen that is due, and what that makes due within a minute.
  void settle() {
    for (int i = 0; i < 600; ++i) {
      sim.run();
      sim.advance(std::chrono::milliseconds(100));
    }
    sim.run();
  }

  void start_and_settle() {
    start();
    sim.run();
  }

  /// Makes events durable. `hand_over` false: the projectors hear nothing of them.
  event_batch commit(const std::vector<std::pair<std::string, std::string>>& streams_and_payloads,
                     bool hand_over = true) {
    std::vector<recorded_event> made;
    for (const auto& [stream, payload] : streams_and_payloads) {
      made.push_back(maker.next(stream, payload));
      made.back().recorded_at = sim.time.now();
      if (aggregate_of(stream) == "box") boxes[std::string(id_of(stream))].push_back(made.back());
      everything.push_back(made.back());
    }
    auto batch = batch_of(std::move(made));
    disk_->events().append(0, batch, [](stored<done> answer) {
      if (!answer) throw std::logic_error(answer.error().what);
    });
    for (const auto& event : *batch) heads.advance(event.shard, event.position);
    if (hand_over && reads)
      for (const auto& projector : reads->projectors()) caf::anon_send(projector, committed_events{batch});
    return batch;
  }

  event_batch commit(const std::string& stream, const std::string& payload = "1", bool hand_over = true) {
    return commit({{stream, payload}}, hand_over);
  }

  token token_of(const event_batch& batch) const {
    token all;
    for (const auto& event : *batch) merge(all, make_token(log.identity().history, event.shard, event.position));
    return all;
  }

  /// Asks; the outcome is there once it was answered.
  std::shared_ptr<std::optional<query_outcome>> ask(query_ptr it) {
    auto outcome = std::make_shared<std::optional<query_outcome>>();
    it->answer = [outcome](const query_outcome& answer) {
      if (*outcome) throw std::logic_error("answered twice");
      *outcome = answer;
    };
    reads->ask(std::move(it));
    return outcome;
  }

  query_ptr look_up(const std::string& id, token after = {}, std::int64_t timeout_ms = 5000) {
    query_ptr it(new query);
    it->view = "boxes";
    it->key = id;
    it->after = std::move(after);
    it->timeout_ms = timeout_ms;
    return it;
  }

  query_ptr list(const std::string& count, token after = {}, std::int64_t timeout_ms = 5000) {
    query_ptr it(new query);
    it->name = "boxes_with";
    it->parameters = count;
    it->after = std::move(after);
    it->timeout_ms = timeout_ms;
    return it;
  }

  /// The row of a box after its first `events`.
  std::optional<row_values> folded(const std::string& id, std::size_t events) const {
    std::vector<const recorded_event*> some;
    const auto found = boxes.find(id);
    for (std::size_t i = 0; found != boxes.end() && i < events && i < found->second.size(); ++i)
      some.push_back(&found->second[i]);
    box_view all(view->definition().version);
    all.mended = true;
    return *all.fold(id, std::nullopt, some);
  }

  /// Why the rows in the store are not the fold of the log; empty: they are.
  std::string difference() {
    std::string found;
    view_status status;
    disk_->views().open_view(view->definition(), [&](auto answer) { status = *answer; });
    for (const auto& [id, events] : boxes)
      disk_->views().read({"boxes", status.serving}, {id}, [&, id = id, count = events.size()](auto rows) {
        if (rows->rows[0] != folded(id, count))
          found += "box " + id + " is not the fold of its " + std::to_string(count) + " events; ";
      });
    disk_->views().table_checksum({"boxes", status.serving}, [&](auto sum) {
      if (sum->rows != boxes.size()) found += std::to_string(sum->rows) + " rows; ";
    });
    return found;
  }

  view_report report(std::size_t of = 0) {
    std::vector<view_report> all;
    reads->reports([&](auto reports) { all = std::move(reports); });
    sim.run();
    return all.at(of);
  }

  view_store& rows_on_disk() { return disk_->views(); }
  event_store& log_on_disk() { return disk_->events(); }

  simulation sim;
  read_faults faults;

private:
  std::unique_ptr<store> disk_;

public:
  shaky_views views;
  shaky_log log;
  event_maker maker;
  shard_map shards;
  link* peers = nullptr;
  shard_heads heads;
  actor_settings settings;
  node_counters counters;
  registry hosted;
  std::shared_ptr<box_view> view;
  std::vector<std::shared_ptr<const view_type>> more_views;
  std::vector<recorded_event> everything;                   ///< What the log holds, in its order.
  std::map<std::string, std::vector<recorded_event>> boxes; ///< What the log holds of each.
  std::unique_ptr<read_side> reads;
};

/// Events of eleven boxes, one after the other, each with one that no view of boxes cares for.
inline void commit_many(read_world& world, int count) {
  for (int i = 0; i < count; ++i)
    world.commit({{"box-" + std::to_string(i % 11), std::to_string(i)}, {"crate-1", "1"}});
}

inline const found_rows& rows_of(const std::shared_ptr<std::optional<query_outcome>>& outcome) {
  if (!*outcome) throw std::logic_error("not answered yet");
  if (const auto* why = std::get_if<refusal>(&**outcome)) throw std::logic_error("refused: " + why->message);
  return std::get<found_rows>(**outcome);
}

inline const refusal& refusal_of(const std::shared_ptr<std::optional<query_outcome>>& outcome) {
  if (!*outcome) throw std::logic_error("not answered yet");
  return std::get<refusal>(**outcome);
}

} // namespace stele::kit
