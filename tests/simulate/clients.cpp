#include "tests/simulate/clients.hpp"

#include <algorithm>

namespace stele::simulate {

using kit::promise::founded;
using kit::promise::no_effect;
using kit::promise::same_answer;
using kit::promise::stays;

namespace {

constexpr std::int64_t patience_ms = 2000;

bool has_open(const wish& it) {
  return std::any_of(it.attempts.begin(), it.attempts.end(),
                     [](const attempt& by) { return by.is == attempt::state::open; });
}

bool all_refused(const wish& it) {
  return std::all_of(it.attempts.begin(), it.attempts.end(),
                     [](const attempt& by) { return by.is == attempt::state::no; });
}

std::string tail_of(const uuid& id) { return to_string(id).substr(24); }

std::string words_of(const command_outcome& outcome) {
  if (const auto* yes = std::get_if<acceptance>(&outcome))
    return std::string(yes->changed ? "done" : "nothing to change") + (yes->repeated ? ", before" : "") + ", version " +
           std::to_string(yes->version);
  const auto& why = std::get<refusal>(outcome);
  return std::string(to_string(why.kind)) + " (" + why.code + ")" +
         (why.kind == refusal_kind::rejected ? " at value " + why.pointer : "");
}

} // namespace

clients::clients(kit::simulation& world, kit::simulated_database& database, live_nodes nodes)
    : sim_(world), database_(database), nodes_(std::move(nodes)) {
  database_.on_stored = [this](const recorded_event& event) { judge_stored(event); };
}

void clients::ask(std::uint64_t chance, std::uint32_t streams, std::size_t times) {
  const auto open = nodes_();
  if (open.empty()) return;
  static const std::vector<std::pair<std::string, std::string>> kinds = {{"add", "1"},  {"add", "1"},  {"add", "2"},
                                                                         {"add", "-1"}, {"add", "-2"}, {"add", "0"},
                                                                         {"add", "0"},  {"split", "3"}};
  const auto& [type, body] = kinds[(chance >> 8) % kinds.size()];
  wish& it = wishes_.emplace_back();
  it.stream = "counter-" + std::to_string(chance % streams);
  it.type = type;
  it.body = body;
  it.id = make_uuid_v7(sim_.time.now(), sim_.random.next(), sim_.random.next());
  if ((chance >> 16) % 4 == 0) it.expected = database_.streams[it.stream].size();
  by_id_[it.id] = &it;
  for (std::size_t i = 0; i < times; ++i) send(it, *open[((chance >> 24) + i) % open.size()]);
}

void clients::ask_again(std::uint64_t chance) {
  const auto open = nodes_();
  if (open.empty() || wishes_.empty()) return;
  wish& it = wishes_[chance % wishes_.size()];
  if (it.done && it.done->changed) send(it, *open[(chance >> 24) % open.size()]);
}

void clients::explode(std::uint64_t chance, std::uint32_t streams) {
  const auto open = nodes_();
  if (open.empty()) return;
  sim_.record.saw(kit::rare::aggregate_died);
  command_ptr made(new command);
  made->stream_id = "counter-" + std::to_string(chance % streams);
  made->type = "explode";
  made->body = "1";
  made->command_id = make_uuid_v7(sim_.time.now(), sim_.random.next(), sim_.random.next());
  made->answer = [](const command_outcome&) {};
  open[(chance >> 24) % open.size()]->side->submit(std::move(made));
}

void clients::look_after() {
  for (wish& it : wishes_) {
    if (it.is_over()) continue;
    for (attempt& by : it.attempts)
      if (by.is == attempt::state::open && (by.at->crashed || by.at->over)) by.is = attempt::state::unknown;
    settle_wish(it);
    if (it.is_over() || has_open(it)) continue;
    const auto open = nodes_();
    if (!open.empty()) send(it, *open[sim_.below(open.size())]);
  }
}

/// A refusal by the rules is final once every attempt has ended without effect; one of unknown fate leaves a doubt, and
/// the client goes.
void clients::settle_wish(wish& it) {
  if (!it.refused || has_open(it) || it.is_over()) return;
  it.given_up = true;
}

bool clients::are_content() const {
  return std::all_of(wishes_.begin(), wishes_.end(), [](const wish& it) { return it.is_over(); });
}

std::string clients::what_waits() const {
  std::string text;
  for (const wish& it : wishes_)
    if (!it.is_over())
      text += (text.empty() ? "" : "; ") + it.type + " " + it.body + " of " + it.stream + ", sent " +
              std::to_string(it.attempts.size()) + " times";
  return text;
}

void clients::send(wish& it, kit::simulated_node& to) {
  if (has_open(it)) sim_.record.note({1});
  attempt& by = it.attempts.emplace_back();
  by.at = &to;
  by.stored_before = log_of(it).size();
  by.after_yes = it.done.has_value();
  command_ptr made(new command);
  made->stream_id = it.stream;
  made->type = it.type;
  made->body = it.body;
  made->command_id = it.id;
  made->expected_version = it.expected;
  made->deadline = sim_.time.now() + patience_ms;
  made->answer = [this, &it, &by](const command_outcome& outcome) {
    by.at->say([this, &it, &by, outcome] { hear(it, by, outcome); });
  };
  sim_.record.tell(shard_of(it.stream, database_.shard_count()), [&] {
    return "a client asks node " + std::to_string(to.number()) + ": " + it.type + " " + it.body + " of " + it.stream +
           ", command " + tail_of(it.id);
  });
  to.side->submit(std::move(made));
}

void clients::hear(wish& it, attempt& by, const command_outcome& outcome) {
  if (by.at->crashed || std::exchange(by.heard, true)) return;
  sim_.record.note(words_of(outcome));
  sim_.record.tell(shard_of(it.stream, database_.shard_count()), [&] {
    return "node " + std::to_string(by.at->number()) + " answers command " + tail_of(it.id) + " of " + it.stream +
           ": " + words_of(outcome);
  });
  if (const auto* yes = std::get_if<acceptance>(&outcome))
    hear_yes(it, by, *yes);
  else
    hear_no(it, by, std::get<refusal>(outcome));
  settle_wish(it);
}

void clients::hear_yes(wish& it, attempt& by, const acceptance& yes) {
  by.is = attempt::state::yes;
  if (yes.repeated) sim_.record.saw(kit::rare::repeat_from_log);
  if (it.was_refused && yes.changed) sim_.record.saw(kit::rare::refused_then_done);
  judge_acknowledged(it, yes);
  if (!yes.changed && yes.version < by.stored_before)
    broke(founded, it,
          "told that nothing is to change at version " + std::to_string(yes.version) + ", but version " +
              std::to_string(by.stored_before) + " was stored before it was sent");
  if (it.done && it.done->changed && yes.changed) {
    sim_.record.saw(kit::rare::attempts_at_once);
    if (it.done->version != yes.version || it.done->position != yes.position)
      broke(same_answer, it,
            "told version " + std::to_string(yes.version) + ", and before " + std::to_string(it.done->version));
  }
  if (!it.done || yes.changed) it.done = yes;
}

void clients::hear_no(wish& it, attempt& by, const refusal& why) {
  by.is = why.kind == refusal_kind::outcome_unknown ? attempt::state::unknown : attempt::state::no;
  if (by.is == attempt::state::unknown) return;
  it.was_refused = true;
  judge_refused(it);
  if (why.kind == refusal_kind::rejected) judge_rejected(it, by, why);
  if (why.kind == refusal_kind::wrong_version) judge_wrong_version(it, by, why);
  if (why.kind == refusal_kind::rejected || why.kind == refusal_kind::wrong_version) it.refused = true;
  if (why.kind == refusal_kind::key_reused) broke(same_answer, it, "told that its id was used for something else");
}

void clients::judge_acknowledged(const wish& it, const acceptance& yes) {
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
}

/// It was decided on a state that was durable when it was given, and held everything stored before it was sent.
void clients::judge_rejected(const wish& it, const attempt& by, const refusal& why) {
  if (by.after_yes && it.done->changed) return broke(same_answer, it, "rejected, though it had been acknowledged");
  const auto& log = log_of(it);
  std::int64_t value = 0;
  for (std::size_t version = 0; version <= log.size(); ++version) {
    if (version > 0) value += std::stoll(log[version - 1].payload);
    if (version >= by.stored_before && std::to_string(value) == why.pointer) return;
  }
  broke(founded, it,
        "rejected at value " + why.pointer + ", which it never had between version " +
            std::to_string(by.stored_before) + ", stored before it was sent, and version " +
            std::to_string(log.size()));
}

void clients::judge_wrong_version(const wish& it, const attempt& by, const refusal& why) {
  if (by.after_yes && it.done->changed) return broke(same_answer, it, "refused, though it had been acknowledged");
  if (by.stored_before == *it.expected && log_of(it).size() == *it.expected)
    broke(founded, it, "refused for its expected version, which is the one stored");
  const std::size_t at = why.message.find("found ");
  if (at != std::string::npos && std::stoull(why.message.substr(at + 6)) < by.stored_before)
    broke(founded, it,
          "refused: " + why.message + " Version " + std::to_string(by.stored_before) +
              " was stored before it was sent");
}

void clients::judge_refused(wish& it) {
  const auto& log = log_of(it);
  if (!all_refused(it)) return;
  if (std::any_of(log.begin(), log.end(), [&](const recorded_event& event) { return event.command_id == it.id; }))
    broke(no_effect, it, "every attempt was refused, but it is stored");
}

void clients::judge_stored(const recorded_event& event) {
  std::int64_t& value = values_[event.stream_id];
  value += std::stoll(event.payload);
  const auto found = by_id_.find(event.command_id);
  if (found == by_id_.end()) return;
  wish& it = *found->second;
  if (value < 0) broke(founded, it, "stored on a state that never was: the value is below zero now");
  if (all_refused(it)) broke(no_effect, it, "every attempt had been refused, and now it is stored");
}

void clients::broke(const std::string& promise, const wish& it, const std::string& found) {
  sim_.record.broke(promise,
                    it.type + " " + it.body + " of " + it.stream + ", command " + tail_of(it.id) + ": " + found,
                    shard_of(it.stream, database_.shard_count()));
}

} // namespace stele::simulate
