#include "app/check/told_commands.hpp"

#include <algorithm>

namespace stele::check {

namespace {

std::string place(stream_version version, shard_number shard, shard_position position) {
  return "version " + std::to_string(version) + ", shard " + std::to_string(shard) + ", position " +
         std::to_string(position);
}

std::string place(const operation& it) { return place(it.version, it.shard, it.position); }

bool may_have_effect(outcome how) { return how == outcome::ok || how == outcome::unknown; }

// One command with its operations.
class told {
public:
  told(stream_case& in, const told_command& command)
      : in_(in), command_(command), named_(name_of(in, command)), effect_(find_effect()) {}

  void check() {
    bool may = false;
    for (auto at = command_.first; at != nothing; at = in_.told.operations[at].next) {
      const auto& it = in_.told.operations[at];
      may = may || may_have_effect(it.how);
      if (effect_ != nullptr) note_times(it);
      if (it.how == outcome::ok) acknowledged(it);
      if (it.how == outcome::reused) reused(it);
    }
    if (effect_ != nullptr && !may) dishonest();
  }

private:
  effect* find_effect() const {
    const auto found = in_.effect_of.find(command_.key);
    return found == in_.effect_of.end() ? nullptr : &in_.effects[found->second];
  }

  const deed& asked(const operation& it) const { return in_.told.deeds[it.asked]; }

  void add(const char* promise, const operation& it, const std::string& what) {
    in_.out.add(promise, name_of(in_.told, it) + ": " + named_ + ' ' + what);
  }

  void note_times(const operation& it) {
    const auto number = static_cast<std::uint32_t>(&command_ - in_.told.commands.data());
    if (may_have_effect(it.how))
      effect_->invoked = effect_->command == nothing ? it.invoked : std::min(effect_->invoked, it.invoked);
    if (may_have_effect(it.how)) effect_->command = number;
    if (it.how == outcome::ok) effect_->returned = std::min(effect_->returned, it.completed);
  }

  void acknowledged(const operation& it) {
    if (first_ != nullptr && place(*first_) != place(it))
      return add("P6", it,
                 "was acknowledged as " + place(it) + "; when sent before, it was acknowledged as " + place(*first_) +
                     " (" + name_of(in_.told, *first_) + ")");
    if (fresh_ != nullptr && it.repeated == 0)
      return add("P6", it, "was acknowledged as new, and had been so before (" + name_of(in_.told, *fresh_) + ")");
    if (it.repeated == 0) fresh_ = &it;
    const auto* before = std::exchange(first_, &it);
    effect_ != nullptr ? check_place(it, before) : check_unchanged(it);
    if (it.token != 0 && in_.told.tokens.position(it.token, it.shard) < it.position)
      add("P13", it,
          "was acknowledged at position " + std::to_string(it.position) + " of shard " + std::to_string(it.shard) +
              ", but the token of the answer holds that shard up to " +
              std::to_string(in_.told.tokens.position(it.token, it.shard)));
  }

  void check_place(const operation& it, const operation* before) {
    const auto& last = in_.log[effect_->last - 1];
    if (it.version != effect_->last || it.shard != in_.shard || it.position != last.position)
      return add("P1", it,
                 "was acknowledged as " + place(it) + "; the store has it as " +
                     place(effect_->last, in_.shard, last.position));
    const auto& happened = in_.log[effect_->first - 1].happened;
    if (!in_.modelled || asked(it).fault == "unreadable" || asked(it) == happened) return;
    const bool other_body = before != nullptr && asked(*before) == happened;
    add(other_body ? "P6" : "P1", it,
        other_body ? "was acknowledged with another body than its first: wanted key_reused"
                   : "was acknowledged, but what the store has under its id says another thing");
  }

  // Acknowledged without an event: right where the rules change nothing.
  void check_unchanged(const operation& it) {
    if (in_.modelled && it.version <= in_.versions()) {
      const auto said = decide(in_.states[it.version], asked(it));
      if (said.code.empty() && !said.changes) return;
    }
    add("P1", it,
        "was acknowledged as " + place(it) + ", but the store has no event of it; the stream ends at " +
            version_text(in_, in_.versions()));
  }

  void reused(const operation& it) {
    bool same = effect_ == nullptr || asked(it) == in_.log[effect_->first - 1].happened;
    for (auto at = command_.first; at != nothing; at = in_.told.operations[at].next)
      same = same && asked(in_.told.operations[at]) == asked(it);
    if (in_.modelled && same && asked(it).fault != "unreadable")
      add("P6", it, "was refused as key_reused, but it was never sent with another body");
  }

  void dishonest() {
    const auto& it = in_.told.operations[command_.last];
    add("P3", it,
        "was refused (" + in_.told.words[it.code] + ") each time it was sent, but the store has it as " +
            place(effect_->last, in_.shard, in_.log[effect_->last - 1].position));
  }

  stream_case& in_;
  const told_command& command_;
  std::string named_;
  effect* effect_;
  const operation* first_ = nullptr; ///< Acknowledged.
  const operation* fresh_ = nullptr; ///< Acknowledged as new.
};

} // namespace

void check_commands(stream_case& it) {
  for (const auto number : it.told.commands_of.of(it.stream)) told(it, it.told.commands[number]).check();
}

} // namespace stele::check
