// Holds what is stored, and what clients are told, against the log and the rules of the domain.
#pragma once

#include "tests/kit/simulated/domain.hpp"
#include "tests/kit/simulated/wish.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stele::simulated {

/// Decides each stored command itself, on its own fold of the stream. What breaks a promise goes into the chronicle.
class judge {
public:
  judge(kit::simulation& world, kit::simulated_database& database, const domain& of);

  /// The command's own events, one after the other; null: nobody is known to have wanted it.
  void stored(const recorded_event& event, const wish* by);

  void acknowledged(const wish& it, const attempt& by, const acceptance& yes);
  void refused(const wish& it, const attempt& by, const refusal& why);
  void broke(const std::string& promise, const wish& it, const std::string& found);

private:
  struct stream_model {
    std::unique_ptr<any_state> now;
    std::vector<decided_event> wanted; ///< What the rules make of the command being stored.
    std::vector<recorded_event> found; ///< What was stored of it.
  };

  void decide_stored(stream_model& stream, const wish& by);
  void command_stored(stream_model& stream, const wish& by);
  void no_change(const wish& it, const attempt& by, const acceptance& yes);
  void refused_by_rules(const wish& it, const attempt& by, const refusal& why);
  void wrong_version(const wish& it, const attempt& by, const refusal& why);
  decided decide_at(const wish& it, stream_version version) const;
  const std::vector<recorded_event>& log_of(const wish& it) const { return database_.streams[it.stream]; }

  kit::simulation& sim_;
  kit::simulated_database& database_;
  std::unique_ptr<watcher> watcher_;
  std::map<std::string, stream_model> streams_;
};

/// True when the rules of the domain said no, not the runtime.
bool is_by_rules(const refusal& why);

} // namespace stele::simulated
