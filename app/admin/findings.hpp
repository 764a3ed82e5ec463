// What a check of a store found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele::admin {

/// A kind of violation: how often it was met and the first one in words.
struct finding {
  std::string kind; ///< A word: `position_gap`.
  std::uint64_t count = 0;
  std::string first;
};

/// Violations by kind, in the order they were first met.
class findings {
public:
  void add(std::string_view kind, std::string sentence) {
    for (auto& it : all_)
      if (it.kind == kind) return void(++it.count);
    all_.push_back({std::string(kind), 1, std::move(sentence)});
  }

  bool none() const { return all_.empty(); }
  const std::vector<finding>& all() const { return all_; }

private:
  std::vector<finding> all_;
};

} // namespace stele::admin
