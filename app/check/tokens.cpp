#include "app/check/tokens.hpp"

namespace stele::check {

namespace {

class token_checks {
public:
  token_checks(const history& told, const uuid& store, const std::vector<shard_position>& ends, verdicts& out)
      : told_(told), store_(store), ends_(ends), out_(out) {}

  void check(const operation& it) {
    const bool mine = it.after != 0 && told_.tokens.history(it.after) == store_;
    if (it.how == outcome::other_history && mine)
      return add("P15", it, "was refused as of another history, but its token is of the history of the store");
    if (it.how == outcome::bad_token) return add("P15", it, "was refused as damaged, but its token is whole");
    if (it.how != outcome::ok && it.how != outcome::stale) return;
    if (it.after != 0 && !mine)
      return add("P15", it,
                 "sent a token of history " + to_string(told_.tokens.history(it.after)) +
                     " and was answered from the store of history " + to_string(store_) +
                     "; wanted history_changed, unless this is not the store of the load");
    check_answer(it);
    check_after(it);
  }

private:
  void add(const char* promise, const operation& it, const std::string& what) {
    out_.add(promise, name_of(told_, it) + ": " + what);
  }

  void check_answer(const operation& it) {
    if (it.token == 0) return;
    if (told_.tokens.history(it.token) != store_)
      return add("P15", it,
                 "the token of the answer is of history " + to_string(told_.tokens.history(it.token)) +
                     ", the store is of history " + to_string(store_) + "; is this the store of the load?");
    for (const auto& pair : told_.tokens.pairs(it.token)) {
      const auto end = pair.shard() < ends_.size() ? ends_[pair.shard()] : 0;
      if (pair.position() <= end) continue;
      return add("P1", it,
                 "the token of the answer holds shard " + std::to_string(pair.shard()) + " up to position " +
                     std::to_string(pair.position()) + "; in the store it ends at " + std::to_string(end));
    }
  }

  void check_after(const operation& it) {
    for (const auto& pair : told_.tokens.pairs(it.after))
      if (told_.tokens.position(it.token, pair.shard()) < pair.position())
        return add("P13", it,
                   "sent a token that holds shard " + std::to_string(pair.shard()) + " up to position " +
                       std::to_string(pair.position()) + "; that of the answer only up to " +
                       std::to_string(told_.tokens.position(it.token, pair.shard())));
  }

  const history& told_;
  const uuid& store_;
  const std::vector<shard_position>& ends_;
  verdicts& out_;
};

} // namespace

void check_tokens(const history& told, const uuid& store, const std::vector<shard_position>& ends, verdicts& out) {
  token_checks checks(told, store, ends, out);
  for (const auto& it : told.operations) checks.check(it);
}

} // namespace stele::check
