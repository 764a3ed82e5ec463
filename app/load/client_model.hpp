// One client of a load: what it does next, what it knows, and what must not be answered to it.
#pragma once

#include "app/load/mix.hpp"
#include "app/load/order_model.hpp"
#include "app/load/random.hpp"

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stele::load {

/// What makes a client what it is.
struct client_settings {
  std::string run;          ///< Begins every id, so that runs over one store don't meet.
  std::uint32_t number = 0; ///< Of the client.
  std::uint64_t seed = 1;
  std::size_t slots = 1; ///< Orders it keeps open; when one ends, another takes its place.
  mix kinds;
  std::size_t commands_max = 100; ///< Of one order; then another takes its place.
  bool hot = false;               ///< Its orders are not cancelled or shipped.
  std::size_t kept_max = 8;       ///< Former orders it remembers, to look them up again.
};

/// An answer held against what the client knows.
struct judged {
  operation what;
  std::optional<wrong> finding;
};

/// A client without an actor round it: a pure machine. Operations overlap as they like; each that `next` gives is told
/// to `take` once. All orders of the client are written by it alone.
class client_model {
public:
  explicit client_model(client_settings settings);

  /// The operation of a slot now. `unix_now` goes into its key. Its times are the caller's to fill in.
  operation next(std::size_t slot, unix_ms unix_now);
  /// Begins a slot's next order.
  operation create(std::size_t slot, unix_ms unix_now);

  /// Keeps the times of an operation under way, for `take` to give back.
  void note_times(const operation& it);

  /// What an operation came to.
  judged take(std::uint64_t number, const answer& it);

  /// For the end, when nothing is under way any more: first every command of unknown outcome once more, then a look-up
  /// of every order it remembers, with the token of what it wrote there. Nothing: there is no more to check.
  std::optional<operation> next_check();

  std::size_t slots() const { return slots_.size(); }
  std::size_t under_way() const { return under_way_.size(); }
  std::vector<operation> unanswered() const; ///< What is under way.
  std::uint64_t orders_checked() const { return orders_checked_; }
  std::uint64_t unresolved() const { return unresolved_.size(); } ///< Commands whose outcome nobody told.

private:
  using order_ptr = std::shared_ptr<order_model>;

  struct place {
    stream_version version = 0;
    shard_number shard = 0;
    shard_position position = 0;
  };

  struct sent_command {
    operation what;
    order_ptr order;
    order_effect effect;
    std::optional<place> first; ///< As acknowledged first.
    std::size_t attempts = 0;   ///< Under way.
    bool fresh = false;         ///< It was acknowledged as not seen before.
    bool unknown = false;       ///< An attempt ended without anyone knowing how.
    bool dead = false;          ///< No attempt had an effect.
  };
  using command_ptr = std::shared_ptr<sent_command>;

  struct pending {
    operation what;
    command_ptr command;                                 ///< Of a command.
    order_ptr order;                                     ///< Of a look-up.
    stream_version at_least = 0;                         ///< That a look-up has to show, or a command to come after.
    std::uint64_t orders_at_least = 0;                   ///< That a list has to count.
    std::map<std::string, stream_version> rows_at_least; ///< Of a list with a token.
  };

  operation start(pending it);
  operation command(std::size_t slot, op_kind kind, unix_ms unix_now);
  operation send_command(command_ptr it);
  operation look_up(const order_ptr& order, op_kind kind);
  operation list(op_kind kind);
  operation search(const order_ptr& order);
  std::optional<operation> retry();
  void remember(const order_ptr& order);

  std::optional<wrong> judge(pending& it, const answer& how);
  std::optional<wrong> judge_command(pending& it, const answer& how);
  std::optional<wrong> judge_acceptance(pending& it, const answer& how);
  std::optional<wrong> judge_refusal(sent_command& it, const refusal& why);
  std::optional<wrong> judge_rows(pending& it, const answer& how);
  std::optional<wrong> judge_list(const pending& it, const answer& how) const;
  void settle(const command_ptr& it);

  client_settings settings_;
  random_words random_;
  random_words ids_; ///< Of the run, not of its seed: two runs with one seed send different commands.
  std::string customer_;
  std::vector<order_ptr> slots_;
  std::deque<order_ptr> former_;                      ///< Orders that others took the place of.
  std::unordered_map<std::string, order_ptr> orders_; ///< Both.
  std::deque<command_ptr> recent_;                    ///< What retries choose from.
  std::map<std::uint64_t, command_ptr> unresolved_;   ///< By the number of the first attempt.
  std::unordered_map<std::uint64_t, pending> under_way_;
  token written_;
  std::uint64_t last_number_ = 0, made_ = 0, created_ = 0, orders_checked_ = 0;
  std::optional<std::vector<operation>> checks_; ///< Made when the first is asked for.
};

} // namespace stele::load
