// Stands in for a node behind the gateway: does every command id once, or holds commands until it is told.
#pragma once

#include "app/gateway/node_calls.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace stele::test {

/// Outlives the doors it is behind. Safe from any thread.
class fake_node {
public:
  gateway::node_calls calls();

  void hold();                           ///< Commands wait from now on.
  void release();                        ///< Answers those that wait, and from now on at once.
  bool wait_for_held(std::size_t count); ///< False: there were fewer after five seconds.

  void refuse_next(std::size_t count, refusal why); ///< The next commands are not done.
  void answer_with(std::vector<std::string> rows);  ///< What look-ups and queries find: the only column of each row.

  std::vector<uuid> tried() const;      ///< The id of each command that came, in order.
  std::size_t done() const;             ///< Ids that had an effect.
  std::size_t held_max() const;         ///< Most commands held at a time.
  std::vector<query_ptr> asked() const; ///< Each query that came, in order.

  static const uuid history;
  static token token_of(stream_version version); ///< Of the command that had that version.

private:
  void submit(const command_ptr& it);
  void ask(const query_ptr& it);
  acceptance carry_out(const uuid& id);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::vector<command_ptr> held_;
  std::size_t held_max_ = 0;
  std::size_t refusals_left_ = 0;
  refusal refusal_;
  std::map<uuid, stream_version> done_;
  std::vector<uuid> tried_;
  std::vector<query_ptr> asked_;
  std::vector<std::string> rows_;
};

} // namespace stele::test
