// Walks through every state a model can reach, breadth first, so that the first violation found is a shortest one.
#pragma once

#include "tests/model/seen_states.hpp"
#include "tests/model/step.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace model {

struct verdict {
  bool holds = true, complete = true;
  std::string broken;             ///< The property, when it does not hold.
  std::vector<std::string> story; ///< The steps that lead there.
  std::size_t states = 0, edges = 0;
};

/// A model has `initial()`, `next(state, steps)`, and, for "from every state a path without faults leads to calm":
/// `calm(state)` and `excused(state)`. Its state is plain bytes without holes.
template <class Model>
class explorer final : private steps<typename Model::state> {
public:
  using state = typename Model::state;

  explorer(const Model& model, std::size_t states_max) : model_(model), states_max_(states_max) {}

  verdict run() {
    add(model_.initial());
    while (!now_.empty() && !ended()) {
      for (std::size_t i = 0; i < now_.size() && !ended(); ++i) visit(now_[i], now_ids_[i]);
      now_ = std::exchange(later_, {});
      now_ids_ = std::exchange(later_ids_, {});
    }
    result_.states = parents_.size();
    if (result_.holds && result_.complete) look_for_stuck_states();
    return std::move(result_);
  }

private:
  /// How a state was first reached: the number of a step from another state.
  struct origin {
    std::uint32_t state = 0, step = 0;
  };

  bool ended() const { return !result_.holds || !result_.complete; }

  void visit(const state& from, std::uint32_t id) {
    from_ = {id, 0};
    model_.next(from, *this);
    if (parents_.size() > states_max_) result_.complete = false;
  }

  /// Of a step while exploring.
  void take(const state& to, bool fault, const char* broken, std::string&&) override {
    if (ended()) return;
    ++result_.edges;
    if (broken) return fail(broken, from_);
    const std::uint32_t id = add(to);
    if (!fault) back_.emplace_back(id, from_.state);
    ++from_.step;
  }

  std::uint32_t add(const state& it) {
    const auto [id, fresh] = seen_.put(fingerprint_of(&it, sizeof(state)), static_cast<std::uint32_t>(parents_.size()));
    if (!fresh) return id;
    parents_.push_back(from_);
    later_.push_back(it);
    later_ids_.push_back(id);
    calm_.push_back(model_.calm(it) || model_.excused(it));
    if (parents_.size() == 1) now_.swap(later_), now_ids_.swap(later_ids_);
    return id;
  }

  void fail(const std::string& property, origin last_step) {
    result_.holds = false;
    result_.broken = property;
    std::vector<std::uint32_t> path{last_step.step};
    for (std::uint32_t at = last_step.state; at != 0; at = parents_[at].state) path.push_back(parents_[at].step);
    std::reverse(path.begin(), path.end());
    result_.story = retell<Model>(model_, path);
  }

  /// Backwards from the calm states, over steps that are no faults: what is not met there is stuck.
  void look_for_stuck_states() {
    std::sort(back_.begin(), back_.end());
    std::vector<std::uint32_t> open;
    for (std::uint32_t id = 0; id < calm_.size(); ++id)
      if (calm_[id]) open.push_back(id);
    while (!open.empty()) {
      const std::uint32_t to = open.back();
      open.pop_back();
      auto it = std::lower_bound(back_.begin(), back_.end(), std::pair{to, std::uint32_t{0}});
      for (; it != back_.end() && it->first == to; ++it)
        if (!std::exchange(calm_[it->second], 1)) open.push_back(it->second);
    }
    const auto stuck = std::find(calm_.begin(), calm_.end(), 0);
    if (stuck != calm_.end())
      fail("(8) stuck: without a fault nothing leads from here to \"every shard served, nothing pending\"",
           parents_[static_cast<std::size_t>(stuck - calm_.begin())]);
  }

  const Model& model_;
  const std::size_t states_max_;
  verdict result_;
  seen_states seen_;
  std::vector<origin> parents_;
  std::vector<std::uint8_t> calm_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> back_; ///< Steps without a fault, turned round.
  std::vector<state> now_, later_;
  std::vector<std::uint32_t> now_ids_, later_ids_;
  origin from_;
};

template <class Model>
verdict explore(const Model& model, std::size_t states_max) {
  return explorer<Model>(model, states_max).run();
}

} // namespace model
