// The network of a simulated cluster: messages that take their time, connections that break, processes that are gone.
#pragma once

#include "actors/link.hpp"
#include "tests/kit/simulation.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stele::kit {

class simulated_link;

/// Which node reaches which. A cut hurts both ways; what was under way is lost.
struct simulated_network {
  explicit simulated_network(simulation& world) : sim(world) {}

  void cut(node_number a, node_number b);
  void heal(node_number a, node_number b);
  void crash(node_number node); ///< Its process is gone: nobody can connect to it any more.
  bool is_open(node_number a, node_number b) const { return cuts.count({std::min(a, b), std::max(a, b)}) == 0; }

  simulation& sim;
  std::map<node_number, simulated_link*> links;
  std::set<std::pair<node_number, node_number>> cuts;
  std::set<node_number> crashed, frozen;
};

/// One node's end.
class simulated_link final : public link {
public:
  using command_taker = std::function<void(const command_ptr&)>;
  using query_taker = std::function<void(query_ptr)>;
  using question_taker = std::function<void(const peer_question&, std::function<void(peer_answer)>)>;

  /// `time` is the clock of its node.
  simulated_link(simulated_network& net, node_number me, const clock& time) : net_(net), me_(me), time_(time) {
    net.links[me] = this;
  }

  void on_command(command_taker it) { take_command_ = std::move(it); }
  void on_query(query_taker it) { take_query_ = std::move(it); }
  void on_question(question_taker it) { take_question_ = std::move(it); }

  void connect_to(std::vector<member> peers) override {
    std::set<node_number> wanted;
    for (const member& it : peers) wanted.insert(it.number);
    peers_ = wanted;
    for (const node_number peer : peers_) tell(peer);
  }
  void on_news(std::function<void(link_news)> to) override { news_ = std::move(to); }
  void probe(node_number peer) override { tell(peer); }

  void forward(node_number to, const query_ptr& it, std::int64_t wait_ms, asked_reply reply) override {
    if (!reaches(to)) return reply(link_fault::not_sent);
    const auto kept = std::make_shared<asked_reply>(std::move(reply));
    const std::uint64_t number = pending(to, wait_ms, [kept] { (*kept)(link_fault::lost); });
    query_ptr copy(new query);
    copy->view = it->view;
    copy->key = it->key;
    copy->after = it->after;
    copy->timeout_ms = wait_ms;
    copy->forwarded = true;
    copy->answer = [this, to, number, weak = std::weak_ptr(kept)](const query_outcome& outcome) {
      if (std::holds_alternative<found_rows>(outcome)) net_.sim.record.saw(rare::look_up_elsewhere);
      answer(to, number, [weak, outcome] {
        if (const auto there = weak.lock()) (*there)(outcome);
      });
    };
    deliver(to, [copy](simulated_link& there) { there.take_query_(copy); });
  }

  void forward(node_number to, const command_ptr& it, forwarded_reply reply) override {
    if (!reaches(to)) return reply(link_fault::not_sent);
    const auto kept = std::make_shared<forwarded_reply>(std::move(reply)); // A lost answer keeps nothing here.
    const std::int64_t left_ms = it->deadline == 0 ? 0 : it->deadline - time_.now(); // No clock is taken along.
    const std::uint64_t number = pending(to, left_ms, [this, kept] {
      net_.sim.record.saw(rare::forward_lost);
      (*kept)(link_fault::lost);
    });
    command_ptr copy(new command);
    copy->stream_id = it->stream_id;
    copy->type = it->type;
    copy->body = it->body;
    copy->metadata = it->metadata;
    copy->command_id = it->command_id;
    copy->expected_version = it->expected_version;
    copy->forwarded = true;
    copy->answer = [this, to, number, weak = std::weak_ptr(kept)](const command_outcome& outcome) {
      if (const auto* no = std::get_if<refusal>(&outcome); no && no->code == "moved")
        net_.sim.record.saw(rare::found_elsewhere);
      answer(to, number, [weak, outcome] {
        if (const auto there = weak.lock()) (*there)(outcome);
      });
    };
    deliver(to, [copy, left_ms, sent_ms = net_.sim.time.now()](simulated_link& there) {
      const std::int64_t under_way_ms = there.net_.sim.time.now() - sent_ms;
      if (left_ms != 0) copy->deadline = there.time_.now() + std::max<std::int64_t>(1, left_ms - under_way_ms);
      there.take_command_(copy);
    });
  }

  void ask(node_number to, peer_question it, std::int64_t wait_ms, peer_reply reply) override {
    if (!reaches(to)) return reply(link_fault::not_sent);
    const std::uint64_t number = pending(to, wait_ms, [reply] { reply(link_fault::lost); });
    deliver(to, [this, to, number, it, reply](simulated_link& there) {
      if (std::holds_alternative<try_to_reach>(it))
        return answer(to, number, [reply] { reply(peer_answer{reached{true, {}}}); });
      there.take_question_(it, [this, to, number, reply](const peer_answer& found) {
        answer(to, number, [reply, found] { reply(found); });
      });
    });
  }

  /// Whatever is under way to a node is lost, and it is told how the connection is.
  void drop(node_number to) {
    for (auto& [number, it] : std::exchange(pending_[to], {})) net_.sim.later(std::move(it.lose));
    if (peers_.count(to) != 0) tell(to);
  }

  /// Nobody answers any more.
  void lose_all() {
    for (auto& [peer, open] : std::exchange(pending_, {}))
      for (auto& [number, it] : open) net_.sim.later(std::move(it.lose));
    held_.clear();
  }

  /// What should have been answered by now is lost.
  void expire() {
    for (auto& [peer, open] : pending_)
      std::erase_if(open, [this](auto& entry) {
        if (entry.second.until_ms > net_.sim.time.now()) return false;
        net_.sim.later(std::move(entry.second.lose));
        return true;
      });
  }

  /// What was kept while one of the ends was frozen goes on.
  void thaw() {
    for (auto& it : std::exchange(held_, {})) net_.sim.later(std::move(it));
  }

private:
  friend struct simulated_network;

  bool reaches(node_number to) const {
    return net_.is_open(me_, to) && net_.crashed.count(to) == 0 && net_.links.count(to) != 0;
  }

  void tell(node_number peer) {
    net_.sim.later([this, peer] {
      if (news_) news_({peer, reaches(peer), net_.crashed.count(peer) != 0});
    });
  }

  struct open_question {
    std::function<void()> lose;
    unix_ms until_ms = 0;
  };

  std::uint64_t pending(node_number to, std::int64_t wait_ms, std::function<void()> lose) {
    pending_[to][++last_] = {std::move(lose), net_.sim.time.now() + wait_ms};
    return last_;
  }

  void deliver(node_number to, std::function<void(simulated_link&)> what) {
    net_.sim.later([this, to, what = std::move(what)] {
      if (!reaches(to) || net_.crashed.count(me_) != 0) return;
      if (net_.frozen.count(to) != 0 || net_.frozen.count(me_) != 0) return deliver_when_thawed(to, what);
      what(*net_.links[to]);
    });
  }

  void deliver_when_thawed(node_number to, std::function<void(simulated_link&)> what) {
    held_.push_back([this, to, what = std::move(what)] { deliver(to, what); });
  }

  void answer(node_number to, std::uint64_t number, std::function<void()> what) {
    net_.sim.later([this, to, number, what = std::move(what)] {
      if (net_.frozen.count(to) != 0 || net_.frozen.count(me_) != 0) {
        held_.push_back([this, to, number, what] { answer(to, number, what); });
        return;
      }
      if (const auto open = pending_[to].extract(number)) what();
    });
  }

  simulated_network& net_;
  const node_number me_;
  const clock& time_;
  std::set<node_number> peers_;
  std::function<void(link_news)> news_;
  command_taker take_command_;
  query_taker take_query_;
  question_taker take_question_;
  std::map<node_number, std::map<std::uint64_t, open_question>> pending_;
  std::vector<std::function<void()>> held_;
  std::uint64_t last_ = 0;
};

inline void simulated_network::cut(node_number a, node_number b) {
  cuts.insert({std::min(a, b), std::max(a, b)});
  links[a]->drop(b);
  links[b]->drop(a);
}

inline void simulated_network::heal(node_number a, node_number b) {
  cuts.erase({std::min(a, b), std::max(a, b)});
  links[a]->tell(b);
  links[b]->tell(a);
}

inline void simulated_network::crash(node_number node) {
  crashed.insert(node);
  for (auto& [number, it] : links)
    if (number != node) it->drop(node);
  links[node]->lose_all();
}

} // namespace stele::kit
