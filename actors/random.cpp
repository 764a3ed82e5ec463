#include "actors/random.hpp"

#include <random>

namespace stele {

namespace {

std::mt19937_64 seeded_engine() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

/// One engine a thread: no lock on the way of a command.
class engine_per_thread final : public random_source {
public:
  std::uint64_t next() override {
    thread_local std::mt19937_64 engine = seeded_engine();
    return engine();
  }
};

} // namespace

random_source& system_random() {
  static engine_per_thread only;
  return only;
}

} // namespace stele
