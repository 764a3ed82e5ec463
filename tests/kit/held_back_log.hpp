// A log in a simulation that answers when the schedule says so, and shows what was committed only up to a horizon.
#pragma once

#include "persistence/event_store.hpp"
#include "tests/kit/simulation.hpp"

#include <limits>
#include <stdexcept>

namespace stele::kit {

/// As PostgreSQL does while a transaction is open: what came after it began is committed, stands in its shard, and is
/// not handed out in the order of everything. Only what `all_events` reads is here.
class held_back_log final : public event_store {
public:
  held_back_log(simulation& sim, event_store& inner) : sim_(sim), inner_(inner) {}

  std::uint64_t horizon = std::numeric_limits<std::uint64_t>::max(); ///< The last global position that is shown.
  std::size_t reads = 0, shard_reads = 0;
  std::size_t unavailable = 0; ///< One in so many reads fails; 0: none.

  const store_identity& identity() const override { return inner_.identity(); }

  void read_all(std::uint64_t after, std::size_t limit, reply_to<std::vector<recorded_event>> reply) override {
    ++reads;
    sim_.later([this, after, limit, reply = std::move(reply)] {
      if (sim_.one_in(unavailable)) return reply(store_error{store_fault::unavailable, "away"});
      inner_.read_all(after, limit, [&](stored<std::vector<recorded_event>> found) {
        while (!found->empty() && found->back().global_position > horizon) found->pop_back();
        sim_.later([reply, found = std::move(found)] { reply(found); });
      });
    });
  }

  void read_shard(shard_number shard, shard_position after, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override {
    ++shard_reads;
    sim_.later(
        [this, shard, after, limit, reply = std::move(reply)] { inner_.read_shard(shard, after, limit, reply); });
  }

  void append(std::uint32_t, event_batch, reply_to<done>) override { refuse(); }
  void fence(std::uint32_t, reply_to<done>) override { refuse(); }
  void resolve(std::uint32_t, event_batch, reply_to<bool>) override { refuse(); }
  void recover(std::string, std::size_t, reply_to<recovered_stream>) override { refuse(); }
  void read_stream(std::string, stream_version, std::size_t, reply_to<std::vector<recorded_event>>) override {
    refuse();
  }
  void find_command(std::string, uuid, reply_to<std::vector<recorded_event>>) override { refuse(); }
  void heads(reply_to<std::vector<shard_position>>) override { refuse(); }

private:
  [[noreturn]] static void refuse() { throw std::logic_error("this log is only read as a whole"); }

  simulation& sim_;
  event_store& inner_;
};

} // namespace stele::kit
