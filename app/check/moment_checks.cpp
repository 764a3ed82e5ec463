#include "app/check/moment_checks.hpp"

namespace stele::check {

namespace {

std::string text(std::uint64_t number) { return std::to_string(number); }

bool same(const state& row, const state& wanted) {
  return row.at == wanted.at && row.cents == wanted.cents && row.count == wanted.count &&
         (row.who == 0 || row.who == wanted.who);
}

} // namespace

void moment_checks::add(const char* promise, const operation& by, const std::string& what) {
  in_.out.add(promise, name_of(in_.told, by) + ": " + what);
}

// Who tells of a moment: of an effect the operation that was acknowledged.
const operation* moment_checks::operation_of(const moment& it) const {
  const auto& told = in_.told;
  if (it.kind == moment::row) return &told.operations[told.rows[it.index].operation];
  if (it.kind == moment::refusal) return &told.operations[it.index];
  const operation* last = nullptr;
  for (auto at = told.commands[in_.effects[it.index].command].first; at != nothing; at = told.operations[at].next) {
    last = &told.operations[at];
    if (last->how == outcome::ok && last->completed == it.completed) break;
  }
  return last;
}

std::string moment_checks::learned_from() const {
  return "version " + text(lower_) + " had been answered before (" + name_of(in_.told, *operation_of(lower_from_)) +
         ")";
}

std::uint64_t moment_checks::session_of(const operation& it) {
  return std::uint64_t{it.client} << 1 | (it.list ? 1 : 0);
}

void moment_checks::learn(const moment& it) {
  if (it.version > lower_) {
    lower_ = it.version;
    lower_from_ = it;
  }
  if (it.kind != moment::row) return;
  auto& seen = sessions_[session_of(*operation_of(it))];
  seen = std::max(seen, it.version);
}

void moment_checks::check(moment& it) {
  if (it.kind == moment::effect) check_effect(it);
  if (it.kind == moment::refusal && in_.modelled) check_refusal(it);
  if (it.kind == moment::row) check_row(it);
}

void moment_checks::check_effect(const moment& it) {
  if (it.version > lower_) return;
  const auto& mine = in_.effects[it.index];
  add("P4", *operation_of(it),
      name_of(in_, in_.told.commands[mine.command]) + " took effect as version " + text(mine.last) +
          ", but it was sent when " + learned_from() + "; possible was a version above that");
}

void moment_checks::check_refusal(moment& it) {
  const auto& by = in_.told.operations[it.index];
  const auto& command = in_.told.commands[by.command];
  const auto& asked = in_.told.deeds[by.asked];
  const std::string_view code = in_.told.words[by.code];
  if (asked.what == verb::other || asked.fault == "unreadable") return;
  if (!is_rule(code) && by.how != outcome::rejected) return; // Of the door, not of the rules.
  const auto latest = in_.latest_at(by.completed);
  const auto* effect = in_.effect_with(command.key);
  const auto upto = effect != nullptr ? std::min(latest, effect->first - 1) : latest;
  const bool known = effect != nullptr && effect->returned < by.invoked;
  const auto at = known ? std::nullopt : refused_at(asked, code, lower_, upto);
  if (at) return void(it.version = *at);
  const auto named = name_of(in_, command) + " was refused as " + std::string(code);
  if (known || (effect != nullptr && refused_at(asked, code, lower_, latest)))
    return add("P6", by,
               named + ", though it had taken effect as version " + text(effect->last) +
                   "; wanted the first answer again");
  add("P4", by,
      named + "; possible were the versions " + text(lower_) + " to " + text(upto) + ", and at " +
          version_text(in_, upto) + " the rules don't say so");
}

// The first of these versions at which the rules refuse so.
std::optional<stream_version> moment_checks::refused_at(const deed& asked, std::string_view code, stream_version from,
                                                        stream_version upto) const {
  if (!asked.fault.empty()) return code == asked.fault ? std::optional(from) : std::nullopt;
  for (auto version = from; version <= upto && version < in_.states.size(); ++version)
    if (decide(in_.states[version], asked).code == code) return version;
  return std::nullopt;
}

void moment_checks::check_row(const moment& it) {
  const auto& row = in_.told.rows[it.index];
  const auto& by = in_.told.operations[row.operation];
  if (by.stream != nothing && by.stream != row.stream)
    return add("P11", by, "asked for " + in_.told.streams[by.stream] + ", was answered a row of " + in_.name);
  if (row.version > in_.versions())
    return add("P1", by,
               "saw " + in_.name + " at version " + text(row.version) + "; the store ends at " +
                   version_text(in_, in_.versions()));
  if (!check_content(row, by)) return;
  if (const auto latest = in_.latest_at(by.completed); row.version > latest)
    return add("P4", by,
               "saw " + in_.name + " at version " + text(row.version) +
                   ", whose command was sent only after the answer; possible was at most version " + text(latest));
  if (by.how == outcome::ok) check_age(row, by);
}

bool moment_checks::check_content(const seen_row& row, const operation& by) {
  if (!in_.modelled || row.version == 0 || same(row.shows, in_.states[row.version])) return true;
  const auto customer = row.shows.who != 0 && row.shows.who != in_.states[row.version].who;
  add("P11", by,
      "saw " + in_.name + " at version " + text(row.version) + " as (" + state_text(row.shows) +
          (customer ? ", of somebody else)" : ")") + "; its events add up to " + version_text(in_, row.version));
  return false;
}

void moment_checks::check_age(const seen_row& row, const operation& by) {
  const auto saw = [&] { return "saw " + in_.name + " at " + version_text(in_, row.version); };
  const auto wanted = in_.version_at(in_.told.tokens.position(by.after, in_.shard));
  if (row.version < wanted)
    return add("P13", by, saw() + ", not marked stale; the token it sent holds version " + text(wanted));
  if (const auto said = in_.version_at(in_.told.tokens.position(by.token, in_.shard)); row.version < said)
    return add("P15", by,
               saw() + ", not marked stale; the token of the answer says that it holds version " + text(said));
  if (!by.list && by.after == 0 && row.version < lower_)
    return add("P4", by, saw() + ", but it was asked for when " + learned_from());
  const auto seen = sessions_.find(session_of(by));
  if (seen != sessions_.end() && row.version < seen->second)
    add("P14", by, saw() + "; the same client had seen version " + text(seen->second) + " before it asked");
}

} // namespace stele::check
