// A cluster in one thread: nodes with a write side and a membership each, clients before them, and their judge.
#pragma once

#include "actors/log.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/simulated_node.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stele::kit {

/// What a client wants done, at whatever node, until somebody says how it ended.
struct wish {
  std::string stream;
  std::int64_t amount = 0;
  uuid id;
  stream_version acknowledged = 0; ///< Greatest version anyone had been told of the stream when it was last sent.
  std::optional<acceptance> accepted;
  bool rejected = false;
  int attempts = 0, answers = 0;
  simulated_node* at = nullptr; ///< Where it is being worked on; null: nowhere.

  bool is_over() const { return accepted || rejected; }
};

class cluster_world {
public:
  explicit cluster_world(std::uint64_t seed, std::uint32_t shard_count = 4)
      : sim(seed), database(sim, shard_count), net(sim) {
    hosted.aggregates = {std::make_shared<counter_type>()};
    set_log_sink([this](log_level, std::string_view line) { log_lines.emplace_back(line); });
  }

  ~cluster_world() {
    for (auto& it : nodes) {
      it->stop();
      it->session.thaw();
      it->way.lose_all();
    }
    sim.run();
    for (auto& it : nodes) it->side.reset();
    sim.run();
    set_log_sink({});
  }

  simulated_node& add() {
    nodes.push_back(std::make_unique<simulated_node>(sim, database, net, hosted, settings,
                                                     "node-" + std::to_string(nodes.size() + 1)));
    nodes.back()->session.faults = faults;
    return *nodes.back();
  }

  void crash(simulated_node& it) {
    it.crashed = true;
    it.session.die();
    net.crash(it.number());
  }

  void freeze(simulated_node& it) {
    it.session.freeze();
    net.frozen.insert(it.number());
  }

  void thaw(simulated_node& it) {
    net.frozen.erase(it.number());
    it.session.thaw();
    for (auto& [number, way] : net.links) way->thaw();
  }

  void wish_for(const std::string& stream, std::int64_t amount) {
    wishes.push_back({stream,
                      amount,
                      make_uuid_v7(sim.time.now(), sim.random.next(), sim.random.next()),
                      0,
                      {},
                      false,
                      0,
                      0,
                      nullptr});
    send(wishes.back());
  }

  /// To any node that can be reached; one that answers "not done" or "who knows" is asked again, or another one.
  void send(wish& it) {
    std::vector<simulated_node*> open;
    for (auto& node : nodes)
      if (!node->crashed && !node->over) open.push_back(node.get());
    if (open.empty()) return;
    ++it.attempts;
    if (it.attempts == 1) it.acknowledged = acknowledged[it.stream];
    command_ptr made(new command);
    made->stream_id = it.stream;
    made->type = "add";
    made->body = std::to_string(it.amount);
    made->command_id = it.id;
    made->deadline = sim.time.now() + 2000;
    made->answer = [this, &it](const command_outcome& outcome) { hear(it, outcome); };
    it.at = open[sim.below(open.size())];
    it.at->side->submit(std::move(made));
  }

  /// Lets time go by in small steps, in which everything that can happen does, in any order.
  void pass(std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; i += 10) {
      for (int steps = 0; steps < 200 && sim.step(); ++steps) {}
      sim.advance(std::chrono::milliseconds(10));
      for (wish& it : wishes)
        if (!it.is_over() && (!it.at || it.at->crashed || it.at->over)) send(it);
    }
  }

  /// No more faults: everything must end well in so much time.
  bool settle(std::int64_t ms = 20'000) {
    for (auto& it : nodes) it->session.faults = {};
    for (std::int64_t i = 0; i < ms; i += 100) {
      pass(100);
      if (is_settled()) return true;
    }
    return false;
  }

  bool is_settled() const {
    for (const wish& it : wishes)
      if (!it.is_over()) return false;
    return std::all_of(database.owners.begin(), database.owners.end(), [this](const shard_owner& it) {
      return std::any_of(nodes.begin(), nodes.end(),
                         [&](const auto& node) { return node->number() == it.node && !node->over && !node->crashed; });
    });
  }

  void judge() const {
    for (const auto& it : sim.record.breaches) ADD_FAILURE() << it.promise << ": " << it.found;
    for (std::size_t shard = 0; shard < database.log.size(); ++shard)
      for (std::size_t i = 0; i < database.log[shard].size(); ++i) EXPECT_EQ(database.log[shard][i].position, i + 1);
    for (const auto& [stream, events] : database.streams) judge_stream(stream, events);
    for (const wish& it : wishes) judge_wish(it);
    EXPECT_EQ(false_rejections, std::vector<std::string>{});
  }

  /// For whoever must find out why a run did not settle.
  std::string story() const {
    std::string text;
    for (const auto& it : nodes) {
      const auto& row = database.members.at(it->number());
      text += "node " + std::to_string(it->number()) + " status " + std::to_string(static_cast<int>(row.it.status)) +
              (it->over ? " over" : "") + (it->crashed ? " crashed" : "") + "\n";
    }
    for (std::size_t shard = 0; shard < database.owners.size(); ++shard)
      text += "shard " + std::to_string(shard) + " of " + std::to_string(database.owners[shard].node) + " epoch " +
              std::to_string(database.owners[shard].epoch) + "\n";
    for (const wish& it : wishes)
      if (!it.is_over())
        text += it.stream + " waits, attempts " + std::to_string(it.attempts) + " answers " +
                std::to_string(it.answers) + "\n";
    for (std::size_t i = log_lines.size() - std::min<std::size_t>(log_lines.size(), 12); i < log_lines.size(); ++i)
      text += log_lines[i] + "\n";
    return text;
  }

  std::size_t living() const {
    return static_cast<std::size_t>(
        std::count_if(nodes.begin(), nodes.end(), [](const auto& it) { return !it->over && !it->crashed; }));
  }

  simulation sim;
  simulated_database database;
  simulated_network net;
  session_faults faults;
  registry hosted;
  actor_settings settings;
  std::deque<std::unique_ptr<simulated_node>> nodes;
  std::deque<wish> wishes;
  std::map<std::string, stream_version> acknowledged;
  std::vector<std::string> log_lines, false_rejections;

private:
  void hear(wish& it, const command_outcome& outcome) {
    if (it.is_over()) return; // From a node that was given up.
    it.at = nullptr;
    ++it.answers;
    if (const auto* yes = std::get_if<acceptance>(&outcome)) {
      it.accepted = *yes;
      acknowledged[it.stream] = std::max(acknowledged[it.stream], yes->version);
      return;
    }
    const refusal& why = std::get<refusal>(outcome);
    if (why.kind != refusal_kind::rejected) return; // To be sent again.
    it.rejected = true;
    if (!is_founded(it, why))
      false_rejections.push_back(it.stream + ": refused on " + why.pointer + ", acknowledged was version " +
                                 std::to_string(it.acknowledged));
  }

  /// On a state that was durable when it was given and held everything acknowledged before the first attempt.
  bool is_founded(const wish& it, const refusal& why) const {
    const auto at = database.streams.find(it.stream);
    const std::size_t durable = at == database.streams.end() ? 0 : at->second.size();
    std::int64_t value = 0;
    for (std::size_t version = 0; version <= durable; ++version) {
      if (version > 0) value += std::stoll(at->second[version - 1].payload);
      if (version >= it.acknowledged && std::to_string(value) == why.pointer) return true;
    }
    return false;
  }

  void judge_stream(const std::string& stream, const std::vector<recorded_event>& events) const {
    std::set<uuid> ids;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].version, i + 1);
      EXPECT_TRUE(ids.insert(events[i].command_id).second) << stream << ": a command happened twice";
      value += std::stoll(events[i].payload);
      EXPECT_GE(value, 0) << stream << ": decided on a state that never was";
    }
  }

  void judge_wish(const wish& it) const {
    if (!it.accepted) return;
    const auto at = database.streams.find(it.stream);
    const bool there = at != database.streams.end() && it.accepted->version <= at->second.size() &&
                       at->second[it.accepted->version - 1].command_id == it.id;
    EXPECT_TRUE(there) << it.stream << ": acknowledged, not in the log";
  }
};

} // namespace stele::kit
