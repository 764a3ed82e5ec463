#include "tests/kit/simulated/judge.hpp"

#include <exception>
#include <tuple>

namespace stele::simulated {

using kit::promise::founded;
using kit::promise::no_effect;
using kit::promise::same_answer;
using kit::promise::stays;

namespace {

/// The rules may throw; then nothing is decided.
decided ask_rules(const wish& it, any_state& state) {
  try {
    return it.of->decide(state, *it.command);
  } catch (const std::exception& error) { return refusal{refusal_kind::internal, "threw", error.what(), {}}; }
}

bool says_the_same(const refusal& a, const refusal& b) {
  return std::tie(a.kind, a.code, a.message, a.pointer) == std::tie(b.kind, b.code, b.message, b.pointer);
}

std::string words_of(const decided& answer) {
  if (const auto* no = std::get_if<refusal>(&answer)) return "the rules refuse it (" + no->code + ")";
  std::string text = "the rules make of it";
  for (const decided_event& it : std::get<std::vector<decided_event>>(answer)) text += " " + it.type + " " + it.payload;
  return std::get<std::vector<decided_event>>(answer).empty() ? "the rules change nothing" : text;
}

} // namespace

bool is_by_rules(const refusal& why) {
  return why.kind == refusal_kind::rejected || why.kind == refusal_kind::not_found || why.kind == refusal_kind::invalid;
}

judge::judge(kit::simulation& world, kit::simulated_database& database, const domain& of)
    : sim_(world), database_(database), watcher_(of.watch ? of.watch() : nullptr) {}

void judge::stored(const recorded_event& event, const wish* by) {
  if (by == nullptr) return;
  if (by->all_refused()) broke(no_effect, *by, "every attempt had been refused, and now it is stored");
  stream_model& stream = streams_[event.stream_id];
  if (!stream.now) stream.now = by->of->initial();
  if (event.part == 1) decide_stored(stream, *by);
  stream.found.push_back(event);
  if (event.part == event.parts) command_stored(stream, *by);
}

void judge::decide_stored(stream_model& stream, const wish& by) {
  stream.found.clear();
  decided answer = ask_rules(by, *stream.now);
  const std::string words = words_of(answer);
  auto* events = std::get_if<std::vector<decided_event>>(&answer);
  stream.wanted = events ? std::move(*events) : std::vector<decided_event>{};
  if (stream.wanted.empty()) broke(founded, by, "stored on a state that never was: " + words);
}

void judge::command_stored(stream_model& stream, const wish& by) {
  const bool same = std::equal(stream.found.begin(), stream.found.end(), stream.wanted.begin(), stream.wanted.end(),
                               [](const recorded_event& found, const decided_event& wanted) {
                                 return found.type == wanted.type && found.payload == wanted.payload;
                               });
  if (!same && !stream.wanted.empty())
    return broke(founded, by, "stored on a state that never was: " + words_of(stream.wanted));
  if (!watcher_) return;
  if (const auto wrong = watcher_->stored(stream.found, *stream.now))
    broke(wrong->invariant, by, "stored, and " + wrong->found);
}

void judge::acknowledged(const wish& it, const attempt& by, const acceptance& yes) {
  const auto& log = log_of(it);
  const bool there = yes.version <= log.size() &&
                     (yes.version == 0 || !yes.changed ||
                      (log[yes.version - 1].command_id == it.id && log[yes.version - 1].position == yes.position));
  if (!there || (yes.changed && yes.version == 0))
    broke(stays, it,
          "told that it is version " + std::to_string(yes.version) + " at position " + std::to_string(yes.position) +
              "; it is not");
  else if (yes.changed && it.expected && log[*it.expected].command_id != it.id)
    broke(founded, it, "done on another version than the expected " + std::to_string(*it.expected));
  if (there && !yes.changed) no_change(it, by, yes);
}

void judge::no_change(const wish& it, const attempt& by, const acceptance& yes) {
  if (yes.version < by.stored_before)
    return broke(founded, it,
                 "told that nothing is to change at version " + std::to_string(yes.version) + ", but version " +
                     std::to_string(by.stored_before) + " was stored before it was sent");
  const decided answer = decide_at(it, yes.version);
  const auto* events = std::get_if<std::vector<decided_event>>(&answer);
  if (!events || !events->empty())
    broke(founded, it,
          "told that nothing is to change at version " + std::to_string(yes.version) + ", where " + words_of(answer));
}

void judge::refused(const wish& it, const attempt& by, const refusal& why) {
  const auto& log = log_of(it);
  if (it.all_refused() &&
      std::any_of(log.begin(), log.end(), [&](const recorded_event& event) { return event.command_id == it.id; }))
    broke(no_effect, it, "every attempt was refused, but it is stored");
  if (is_by_rules(why)) refused_by_rules(it, by, why);
  if (why.kind == refusal_kind::wrong_version) wrong_version(it, by, why);
  if (why.kind == refusal_kind::key_reused) broke(same_answer, it, "told that its id was used for something else");
  if (why.kind == refusal_kind::internal) broke(kit::promise::rules_decide, it, why.message);
}

/// It was decided on a state that was durable when it was given, and held everything stored before it was sent.
void judge::refused_by_rules(const wish& it, const attempt& by, const refusal& why) {
  if (by.after_yes && it.done->changed) return broke(same_answer, it, "refused, though it had been acknowledged");
  const std::size_t stored = log_of(it).size();
  for (stream_version version = by.stored_before; version <= stored; ++version) {
    const decided answer = decide_at(it, version);
    if (const auto* no = std::get_if<refusal>(&answer); no && says_the_same(*no, why)) return;
  }
  broke(founded, it,
        "refused (" + why.code + (why.pointer.empty() ? "" : " at " + why.pointer) +
            "), which the rules do at no version from " + std::to_string(by.stored_before) +
            ", stored before it was sent, to " + std::to_string(stored));
}

void judge::wrong_version(const wish& it, const attempt& by, const refusal& why) {
  if (by.after_yes && it.done->changed) return broke(same_answer, it, "refused, though it had been acknowledged");
  if (by.stored_before == *it.expected && log_of(it).size() == *it.expected)
    broke(founded, it, "refused for its expected version, which is the one stored");
  const std::size_t at = why.message.find("found ");
  if (at != std::string::npos && std::stoull(why.message.substr(at + 6)) < by.stored_before)
    broke(founded, it,
          "refused: " + why.message + " Version " + std::to_string(by.stored_before) +
              " was stored before it was sent");
}

/// What the rules say to it on the state of its stream at a version.
decided judge::decide_at(const wish& it, stream_version version) const {
  const auto& log = log_of(it);
  const auto state = it.of->initial();
  for (std::size_t i = 0; i < version && i < log.size(); ++i)
    if (const auto folded = it.of->evolve(*state, log[i]); !folded)
      return refusal{refusal_kind::internal, "unreadable", folded.error().what, {}};
  return ask_rules(it, *state);
}

void judge::broke(const std::string& promise, const wish& it, const std::string& found) {
  sim_.record.broke(promise,
                    it.type + " " + it.body + " of " + it.stream + ", command " + tail_of(it.id) + ": " + found,
                    shard_of(it.stream, database_.shard_count()));
}

} // namespace stele::simulated
