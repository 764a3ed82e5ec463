#include "actors/clock.hpp"

#include <chrono>

namespace stele {

namespace {

class machine_clock final : public clock {
public:
  unix_ms now() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  std::int64_t steady_us() const override {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
  }
};

} // namespace

clock& system_clock() {
  static machine_clock only;
  return only;
}

} // namespace stele
