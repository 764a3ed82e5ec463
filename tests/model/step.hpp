// One step of a model: the state after it, what happened in words, and whether it broke a property.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace model {

/// Takes every step that leads on from one state.
template <class State>
class steps {
public:
  virtual void take(const State& to, bool fault, const char* broken, std::string&& words) = 0;
  bool tells() const { return tells_; } ///< Words are wanted: a counter-example is being told.

protected:
  explicit steps(bool tells = false) : tells_(tells) {}
  ~steps() = default;

private:
  const bool tells_;
};

/// A step in the making: starts as a copy of the state before it, is handed on at the end of its life.
template <class State>
class step {
public:
  step(steps<State>& out, const State& from) : out_(out), state_(from) {}
  step(const step&) = delete;
  step& operator=(const step&) = delete;
  ~step() { out_.take(state_, fault_, broken_, std::move(words_)); }

  State* operator->() { return &state_; }
  State& operator*() { return state_; }

  template <class... Parts>
  step& say(const Parts&... parts) {
    if (out_.tells()) (add(parts), ...);
    return *this;
  }

  /// This step is one of those that are counted: it need not happen for things to come to rest.
  step& fault() {
    fault_ = true;
    return *this;
  }

  /// The first property that breaks counts; null is none.
  step& broke(const char* property) {
    if (!broken_) broken_ = property;
    return *this;
  }

private:
  void add(const char* text) { words_ += text; }
  void add(int number) { words_ += std::to_string(number); }

  steps<State>& out_;
  State state_;
  bool fault_ = false;
  const char* broken_ = nullptr;
  std::string words_;
};

/// Follows the steps with the numbers `path` from the start, and says in words what they were.
template <class Model>
std::vector<std::string> retell(const Model& model, const std::vector<std::uint32_t>& path) {
  struct narrator final : steps<typename Model::state> {
    explicit narrator(std::uint32_t step) : steps<typename Model::state>(true), wanted(step) {}
    void take(const typename Model::state& to, bool, const char*, std::string&& words) override {
      if (count++ != wanted) return;
      after = to;
      said = std::move(words);
    }
    const std::uint32_t wanted;
    std::uint32_t count = 0;
    typename Model::state after{};
    std::string said;
  };
  std::vector<std::string> story;
  auto at = model.initial();
  for (std::uint32_t number : path) {
    narrator one(number);
    model.next(at, one);
    story.push_back(one.said);
    at = one.after;
  }
  return story;
}

} // namespace model
