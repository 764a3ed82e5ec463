#include "app/check/stream_case.hpp"

#include <algorithm>

namespace stele::check {

namespace {

std::string amount(std::int64_t cents) {
  const auto rest = std::to_string(cents % 100);
  return std::to_string(cents / 100) + '.' + (rest.size() == 1 ? "0" : "") + rest;
}

// Why the rules would not have made this event here; empty: they would.
std::string objection(const state& before, const deed& happened) {
  if (happened.what == verb::other) return "the rules know no such event";
  const auto said = decide(before, happened);
  if (!said.code.empty()) return "the rules refuse it: " + std::string(said.code);
  return said.changes ? "" : "the rules change nothing";
}

void replay_states(stream_case& it) {
  for (std::size_t i = 0; i < it.log.size(); ++i) {
    const auto& event = it.log[i];
    if (const auto why = objection(it.states.back(), event.happened); !why.empty())
      it.out.add("P4", "stream " + it.name + ", version " + std::to_string(i + 1) + ", command " +
                           to_string(event.command) + ": the event can't follow " + version_text(it, i) + "; " + why);
    it.states.push_back(after(it.states.back(), event.happened));
  }
}

void find_effects(stream_case& it) {
  for (std::size_t i = 0; i < it.log.size(); ++i) {
    const auto version = static_cast<stream_version>(i + 1);
    if (!it.effects.empty() && it.log[i].part > 1 && it.effects.back().key == it.log[i].command) {
      it.effects.back().last = version;
      continue;
    }
    it.effect_of.emplace(it.log[i].command, it.effects.size());
    it.effects.push_back({});
    it.effects.back().key = it.log[i].command;
    it.effects.back().first = it.effects.back().last = version;
  }
}

} // namespace

const effect* stream_case::effect_with(const uuid& key) const {
  const auto found = effect_of.find(key);
  return found == effect_of.end() ? nullptr : &effects[found->second];
}

stream_version stream_case::version_at(shard_position position) const {
  const auto end = std::upper_bound(log.begin(), log.end(), position,
                                    [](shard_position wanted, const logged& each) { return wanted < each.position; });
  return static_cast<stream_version>(end - log.begin());
}

stream_version stream_case::latest_at(std::int64_t moment) const {
  return static_cast<stream_version>(std::upper_bound(invoked_upto.begin(), invoked_upto.end(), moment) -
                                     invoked_upto.begin());
}

const effect& stream_case::sent_after(std::int64_t moment) const {
  const auto version = latest_at(moment) + 1;
  return *std::find_if(effects.begin(), effects.end(), [&](const effect& each) { return each.last >= version; });
}

void replay(stream_case& it) {
  const auto aggregate = it.name.substr(0, it.name.find('-'));
  it.modelled = aggregate == "order" || aggregate == "account";
  it.states.assign(1, {});
  if (it.modelled) replay_states(it);
  find_effects(it);
}

std::string name_of(const stream_case& it, const told_command& command) {
  return "command " + to_string(command.key) + " of " + it.name;
}

std::string state_text(const state& it) {
  if (it.at == stage::none) return "not there";
  return std::string(to_string(it.at)) + ", " + amount(it.cents) + ", " + std::to_string(it.count) +
         (it.at == stage::open ? " movements" : " lines");
}

std::string version_text(const stream_case& it, stream_version version) {
  const auto text = "version " + std::to_string(version);
  return it.modelled && version < it.states.size() ? text + " (" + state_text(it.states[version]) + ")" : text;
}

} // namespace stele::check
