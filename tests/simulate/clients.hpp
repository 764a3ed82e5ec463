// Clients of a simulated cluster: each wants one thing done, asks any node, asks again until it knows, and judges what
// it is told.
#pragma once

#include "tests/kit/simulated_node.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stele::simulate {

struct attempt {
  enum class state : std::uint8_t {
    open,
    yes,
    no,     ///< It had no effect, nor will it.
    unknown ///< It may have had one, and may have it later.
  };

  kit::simulated_node* at = nullptr;
  stream_version stored_before = 0; ///< Versions of the stream when it was sent.
  bool heard = false;
  bool after_yes = false; ///< Another attempt had been acknowledged.
  state is = state::open;
};

struct wish {
  std::string stream, type, body;
  uuid id;
  std::optional<stream_version> expected;
  std::deque<attempt> attempts;
  std::optional<acceptance> done;
  bool refused = false;     ///< By its rules, by the last attempt that answered.
  bool given_up = false;    ///< Nobody waits for it any more.
  bool was_refused = false; ///< Some attempt had no effect.

  bool is_over() const { return done || given_up; }
};

class clients {
public:
  using live_nodes = std::function<std::vector<kit::simulated_node*>()>;

  clients(kit::simulation& world, kit::simulated_database& database, live_nodes nodes);

  /// `chance` decides what is wanted of which stream, and where it is asked.
  void ask(std::uint64_t chance, std::uint32_t streams, std::size_t times);
  void ask_again(std::uint64_t chance);
  void explode(std::uint64_t chance, std::uint32_t streams);

  /// Asks again for what nobody works on any more.
  void look_after();
  bool are_content() const;
  std::string what_waits() const;
  std::size_t count() const { return wishes_.size(); }

private:
  void send(wish& it, kit::simulated_node& to);
  void hear(wish& it, attempt& by, const command_outcome& outcome);
  void hear_yes(wish& it, attempt& by, const acceptance& yes);
  void hear_no(wish& it, attempt& by, const refusal& why);
  void judge_acknowledged(const wish& it, const acceptance& yes);
  void judge_rejected(const wish& it, const attempt& by, const refusal& why);
  void judge_wrong_version(const wish& it, const attempt& by, const refusal& why);
  void judge_stored(const recorded_event& event);
  void judge_refused(wish& it);
  void settle_wish(wish& it);

  const std::vector<recorded_event>& log_of(const wish& it) const { return database_.streams[it.stream]; }
  void broke(const std::string& promise, const wish& it, const std::string& found);

  kit::simulation& sim_;
  kit::simulated_database& database_;
  live_nodes nodes_;
  std::deque<wish> wishes_;
  std::map<uuid, wish*> by_id_;
  std::map<std::string, std::int64_t> values_; ///< Of the streams, as stored.
};

} // namespace stele::simulate
