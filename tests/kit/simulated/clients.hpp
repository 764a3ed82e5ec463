// Clients of a simulated cluster: each wants one thing done, asks any node, and asks again until it knows.
#pragma once

#include "tests/kit/simulated/judge.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace stele::simulated {

class clients {
public:
  using live_nodes = std::function<std::vector<kit::simulated_node*>()>;

  /// `of` outlives them.
  clients(kit::simulation& world, kit::simulated_database& database, const domain& of, live_nodes nodes);

  /// `chance` decides what is wanted, and where it is asked.
  void ask(std::uint64_t chance, std::uint32_t streams, std::size_t times);
  void ask_again(std::uint64_t chance);
  void explode(std::uint64_t chance, std::uint32_t streams);

  /// Asks again for what nobody works on any more.
  void look_after();
  bool are_content() const;
  std::string what_waits() const;
  std::size_t count() const { return wishes_.size(); }

  std::function<void(const acceptance&)> on_done; ///< Whoever wants to hear what clients are told.

private:
  void send(wish& it, kit::simulated_node& to);
  void hear(wish& it, attempt& by, const command_outcome& outcome);
  void hear_yes(wish& it, attempt& by, const acceptance& yes);
  void hear_no(wish& it, attempt& by, const refusal& why);
  void settle_wish(wish& it);

  kit::simulation& sim_;
  kit::simulated_database& database_;
  const domain& domain_;
  live_nodes nodes_;
  judge judge_;
  std::deque<wish> wishes_;
  std::map<uuid, wish*> by_id_;
};

} // namespace stele::simulated
