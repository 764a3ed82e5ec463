// Those who read in a simulated cluster: sessions that ask any node with the token of all they have seen.
#pragma once

#include "tests/kit/simulated/domain.hpp"
#include "tests/kit/simulated/expected_rows.hpp"
#include "tests/kit/simulated_node.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stele::simulated {

/// Judges every answer by the log: a row is the fold of its first events, as some release folds them, of all that the
/// answer's token names at least, and of all that the caller's does unless it is called stale. One row of a view
/// without a key of its own, asked for without a token, holds all that anybody had been told by then.
class readers {
public:
  using live_nodes = std::function<std::vector<kit::simulated_node*>()>;

  /// `releases` outlive them, and are never empty.
  readers(kit::simulation& world, kit::simulated_database& database, const std::deque<registry>& releases,
          live_nodes nodes);

  /// `chance` decides who asks what, where, and for how long.
  void read(std::uint64_t chance, std::uint32_t streams);

  /// Looks up a row without a token, at the node that folds it.
  void poll(std::uint32_t streams);

  /// A client was told that its command is stored.
  void heard_of(const acceptance& done);

  /// Asks every node for all rows, with a token of everything stored. Once, when all else is well.
  void ask_for_everything();

  /// Rows are the fold of the whole log, and nobody waits for an answer who could get one.
  bool are_content();
  std::string what_is_missing();

private:
  struct question {
    kit::simulated_node* at = nullptr;
    std::size_t view = 0; ///< In the list of a release.
    std::string key;      ///< Empty: all rows.
    token after;
    token told; ///< What the answer must hold though the caller does not say so.
    std::size_t session = 0;
    std::int64_t asked_us = 0;
    std::uint64_t moves = 0; ///< Of shards, until it was asked.
    bool heard = false;
    bool must_be_fresh = false;
  };

  void send(question it, std::int64_t timeout_ms);
  void hear(question& it, const query_outcome& outcome);
  void hear_rows(const question& it, const found_rows& found);
  void hear_refusal(const question& it, const refusal& why);
  void judge_row(const question& it, const std::string& key, const std::optional<row_values>& row,
                 const token& at_least);
  void judge_token(const question& it, const currency& as_of);
  enum class finding { right, older, wrong };
  finding compare(const view_type& view, const std::string& key, const std::optional<row_values>& row,
                  const token& at_least);
  std::string difference();
  const view_type& newest(std::size_t view) const { return *releases_.back().views[view]; }
  const view_type& view_of(const question& it) const { return newest(it.view); }
  bool has_views() const { return !releases_.back().views.empty(); }
  std::string choose_key(const view_type& view, std::size_t chance, std::uint32_t streams);
  void broke(const std::string& promise, const question& it, const std::string& key, const std::string& found);
  std::uint64_t moves() const;

  kit::simulation& sim_;
  kit::simulated_database& database_;
  const std::deque<registry>& releases_;
  live_nodes nodes_;
  expected_rows expected_;
  std::deque<question> questions_;
  std::vector<token> sessions_;
  token told_; ///< All that clients were told is stored.
  std::size_t next_session_ = 0;
  bool asked_for_everything_ = false;
};

} // namespace stele::simulated
