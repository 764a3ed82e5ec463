#include "tests/kit/simulated/shrink.hpp"

#include <algorithm>

namespace stele::simulated {

namespace {

constexpr int runs_max = 3000;

class shrinker {
public:
  shrinker(plan it, const domain& of)
      : domain_(of), best_(std::move(it)), promise_(run(best_, domain_).breach->promise) {}

  plan best() {
    without_losses();
    for (std::size_t size = std::max<std::size_t>(1, best_.actions.size() / 2);; size /= 2) {
      while (without_runs_of(size) && size == 1) {} // Until nothing more can go.
      if (size <= 1) break;
    }
    without_losses();
    return best_;
  }

private:
  bool still_breaks(const plan& it) {
    if (++runs_ > runs_max) return false;
    const auto breach = run(it, domain_).breach;
    return breach && breach->promise == promise_;
  }

  bool take(plan smaller) {
    if (!still_breaks(smaller)) return false;
    best_ = std::move(smaller);
    return true;
  }

  void without_losses() {
    for (auto loss : {&losses::appends, &losses::writes, &losses::reads, &losses::rows}) {
      plan smaller = best_;
      if (std::exchange(smaller.lost.*loss, 0) != 0) take(std::move(smaller));
    }
  }

  /// Tries to leave out each `size` actions that stand together. True when some could go.
  bool without_runs_of(std::size_t size) {
    bool any = false;
    for (std::size_t at = 0; at < best_.actions.size();) {
      plan smaller = best_;
      const auto first = smaller.actions.begin() + static_cast<std::ptrdiff_t>(at);
      smaller.actions.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, smaller.actions.size() - at)));
      if (take(std::move(smaller)))
        any = true;
      else
        at += size;
    }
    return any;
  }

  const domain& domain_;
  plan best_;
  std::string promise_;
  int runs_ = 0;
};

} // namespace

plan shrink(plan it, const domain& of) { return shrinker(std::move(it), of).best(); }

} // namespace stele::simulated
