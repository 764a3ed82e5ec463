// A write side over a simulated store, the clients before it, and the judge of what they were told.
#pragma once

#include "actors/log.hpp"
#include "actors/write_side.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/simulated_store.hpp"
#include "tests/kit/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

namespace stele::kit {

/// One attempt of a command and what came back.
struct attempt {
  std::string stream, type;
  std::int64_t amount = 0;
  uuid id;
  std::optional<stream_version> expected;
  std::vector<command_outcome> answers;
  stream_version acknowledged = 0; ///< Greatest version anyone had been told of the stream when this was sent.
  stream_version durable = 0;      ///< Length of the stream when this was answered.
  std::size_t answered_as = 0;     ///< Its place among all answers.

  bool answered() const { return !answers.empty(); }
  const acceptance* accepted() const { return answers.empty() ? nullptr : std::get_if<acceptance>(&answers.front()); }
  const refusal* refused() const { return answers.empty() ? nullptr : std::get_if<refusal>(&answers.front()); }
  bool is(refusal_kind kind) const { return refused() && refused()->kind == kind; }
};

class write_world {
public:
  explicit write_world(std::uint64_t seed, std::uint32_t lanes = 1)
      : sim(seed), store(sim, 4, lanes), counter(std::make_shared<counter_type>()) {
    hosted.aggregates = {counter};
    set_log_sink([this](log_level, std::string_view line) { log_lines.emplace_back(line); });
  }

  ~write_world() {
    stop();
    sim.run();
    set_log_sink({});
  }

  void start() {
    heads = std::make_unique<shard_heads>(store.identity().shards);
    side.emplace(write_parts{sim.system(), store, store, hosted, settings, sim.time, sim.random, *shards, peers,
                             counters, *heads, projectors});
  }

  /// Ends the actors; what the store was doing it finishes.
  void stop() {
    if (!side) return;
    side->stop();
    sim.run();
    side.reset();
  }

  void restart() {
    stop();
    start();
  }

  attempt& send(std::string stream, std::string type, std::int64_t amount, std::optional<uuid> id = {},
                std::optional<stream_version> expected = {}, unix_ms deadline = 0) {
    return send_body(std::move(stream), std::move(type), std::to_string(amount), amount, id, expected, deadline);
  }

  attempt& send_body(std::string stream, std::string type, std::string body, std::int64_t amount,
                     std::optional<uuid> id, std::optional<stream_version> expected, unix_ms deadline) {
    attempt& made = attempts.emplace_back();
    made.stream = stream;
    made.type = type;
    made.amount = amount;
    made.id = id.value_or(make_id());
    made.expected = expected;
    made.acknowledged = acknowledged[stream];
    command_ptr it(new command);
    it->stream_id = std::move(stream);
    it->type = std::move(type);
    it->body = std::move(body);
    it->command_id = made.id;
    it->expected_version = expected;
    it->deadline = deadline;
    it->answer = [this, &made](const command_outcome& outcome) { take_answer(made, outcome); };
    side->submit(std::move(it));
    return made;
  }

  uuid make_id() { return make_uuid_v7(sim.time.now(), sim.random.next(), sim.random.next()); }

  /// Runs until all is answered; time passes only when nothing else happens, and faults end after a while.
  void finish() {
    for (int round = 0; round < 200; ++round) {
      if (round == 20) store.faults = {};
      sim.run();
      if (std::all_of(attempts.begin(), attempts.end(), [](const attempt& it) { return it.answered(); })) return;
      sim.advance(std::chrono::milliseconds(50));
    }
  }

  /// What every run must hold, whatever went wrong in it.
  void judge() const {
    EXPECT_EQ(store.breaches, std::vector<std::string>{});
    judge_log();
    std::map<std::pair<std::string, uuid>, std::vector<const attempt*>> commands;
    for (const attempt& it : attempts) {
      EXPECT_EQ(it.answers.size(), 1u) << it.stream << ' ' << it.type << ' ' << it.amount;
      if (it.answers.size() == 1) commands[{it.stream, it.id}].push_back(&it);
    }
    for (const auto& [key, tries] : commands) judge_effect(key.first, key.second, tries);
    for (const attempt& it : attempts) judge_refusal(it);
    judge_order();
  }

  /// The value of the counter after a version.
  std::int64_t value_at(const std::string& stream, stream_version version) const {
    std::int64_t value = 0;
    const auto at = store.streams.find(stream);
    for (stream_version i = 0; at != store.streams.end() && i < version; ++i)
      value += std::stoll(at->second[i].payload);
    return value;
  }

  stream_version version_of(const std::string& stream) const {
    const auto at = store.streams.find(stream);
    return at == store.streams.end() ? 0 : at->second.size();
  }

  simulation sim;
  simulated_store store;
  std::shared_ptr<counter_type> counter;
  registry hosted;
  actor_settings settings;
  node_counters counters;
  std::unique_ptr<shard_map> shards = std::make_unique<shard_map>(4);
  link* peers = nullptr;
  std::vector<caf::actor> projectors;
  std::deque<attempt> attempts;
  std::vector<std::string> log_lines;
  std::unique_ptr<shard_heads> heads;
  std::optional<write_side> side;

private:
  void take_answer(attempt& of, const command_outcome& outcome) {
    of.answers.push_back(outcome);
    of.durable = version_of(of.stream);
    of.answered_as = ++answers_;
    if (const auto* yes = std::get_if<acceptance>(&outcome)) {
      acknowledged[of.stream] = std::max(acknowledged[of.stream], yes->version);
      EXPECT_LE(yes->version, of.durable) << "answered before it was durable";
      if (yes->repeated) return; // A fact of the log, told even before the lane knows its heads.
      EXPECT_LE(yes->position, (*heads)[yes->shard]) << "answered before the head of the shard was advanced";
    }
  }

  /// Versions and positions without gaps, commands whole and stored once.
  void judge_log() const {
    for (const auto& [stream, events] : store.streams) {
      std::map<uuid, std::uint32_t> parts;
      for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].version, i + 1);
        EXPECT_GE(value_at(stream, i + 1), 0) << "decided on a state that never was: " << stream;
        EXPECT_EQ(events[i].part, ++parts[events[i].command_id]) << "a command was stored twice in " << stream;
        if (events[i].part > 1) { EXPECT_EQ(events[i].command_id, events[i - 1].command_id); }
        if (events[i].part == events[i].parts) continue;
        EXPECT_LT(i + 1, events.size()) << "a command is not whole";
      }
    }
  }

  const recorded_event* last_event_of(const std::string& stream, const uuid& id) const {
    const recorded_event* found = nullptr;
    const auto at = store.streams.find(stream);
    if (at != store.streams.end())
      for (const recorded_event& event : at->second)
        if (event.command_id == id) found = &event;
    return found;
  }

  /// Answers of all attempts against what is in the log.
  void judge_effect(const std::string& stream, const uuid& id, const std::vector<const attempt*>& tries) const {
    const recorded_event* last = last_event_of(stream, id);
    bool may_have_effect = false;
    for (const attempt* it : tries) {
      if (it->is(refusal_kind::outcome_unknown) || it->is(refusal_kind::key_reused)) may_have_effect = true;
      const acceptance* yes = it->accepted();
      if (!yes) continue;
      EXPECT_EQ(yes->shard, shard_of(stream, store.identity().shards));
      if (!yes->changed) {
        EXPECT_EQ(yes->position, yes->version == 0 ? 0 : store.streams.at(stream)[yes->version - 1].position);
        continue;
      }
      may_have_effect = true;
      ASSERT_NE(last, nullptr) << "acknowledged, not in the log: " << stream << ' ' << to_string(id);
      EXPECT_EQ(yes->version, last->version);
      EXPECT_EQ(yes->position, last->position);
    }
    if (may_have_effect) return;
    EXPECT_EQ(last, nullptr) << "answered \"no effect\", in the log: " << stream;
  }

  /// A rejection must have been decided on a state that was durable when it was given and held everything acknowledged
  /// before.
  void judge_refusal(const attempt& it) const {
    const bool rejected = it.is(refusal_kind::rejected), wrong = it.is(refusal_kind::wrong_version);
    if (!rejected && !wrong) return;
    bool founded = false;
    for (stream_version v = it.acknowledged; v <= it.durable; ++v) {
      if (rejected && std::to_string(value_at(it.stream, v)) == it.refused()->pointer) founded = true;
      if (wrong && v != *it.expected &&
          it.refused()->message.find("found " + std::to_string(v) + ";") != std::string::npos)
        founded = true;
    }
    EXPECT_TRUE(founded) << it.stream << ": refused on a state that never was: " << it.refused()->message << ' '
                         << it.refused()->pointer;
  }

  /// Decided commands of a stream are answered in the order they were sent.
  void judge_order() const {
    std::map<std::string, std::size_t> last;
    for (const attempt& it : attempts) {
      const acceptance* yes = it.accepted();
      const bool decided = yes ? !yes->repeated : it.is(refusal_kind::rejected) || it.is(refusal_kind::wrong_version);
      if (!decided) continue;
      EXPECT_LT(last[it.stream], it.answered_as) << it.stream << ": answers out of order";
      last[it.stream] = it.answered_as;
    }
  }

  std::map<std::string, stream_version> acknowledged;
  std::size_t answers_ = 0;
};

} // namespace stele::kit
