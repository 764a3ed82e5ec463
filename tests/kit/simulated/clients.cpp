#include "tests/kit/simulated/clients.hpp"

#include "tests/kit/simulated/mortal_aggregate.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace stele::simulated {

namespace {

constexpr std::int64_t patience_ms = 2000;

std::string words_of(const command_outcome& outcome) {
  if (const auto* yes = std::get_if<acceptance>(&outcome))
    return std::string(yes->changed ? "done" : "nothing to change") + (yes->repeated ? ", before" : "") + ", version " +
           std::to_string(yes->version);
  const auto& why = std::get<refusal>(outcome);
  return std::string(to_string(why.kind)) + " (" + why.code + (why.pointer.empty() ? "" : " at " + why.pointer) + ")";
}

/// What its rules are given. A command that can't be read is a mistake of whoever makes commands.
std::unique_ptr<any_command> read(const aggregate_type* of, const wanted& it) {
  if (of == nullptr)
    throw std::invalid_argument("no aggregate of the simulated domain has streams like " + it.stream_id);
  auto read = of->decode(it.type, it.body);
  if (const auto* why = std::get_if<refusal>(&read))
    throw std::invalid_argument("a simulated client made a command that nobody can read: " + it.type + " " + it.body +
                                ": " + why->message);
  return std::get<std::unique_ptr<any_command>>(std::move(read));
}

} // namespace

clients::clients(kit::simulation& world, kit::simulated_database& database, const domain& of, live_nodes nodes)
    : sim_(world), database_(database), domain_(of), nodes_(std::move(nodes)), judge_(world, database, of) {
  database_.on_stored = [this](const recorded_event& event) {
    const auto by = by_id_.find(event.command_id);
    judge_.stored(event, by == by_id_.end() ? nullptr : by->second);
  };
}

void clients::ask(std::uint64_t chance, std::uint32_t streams, std::size_t times) {
  const auto open = nodes_();
  if (open.empty()) return;
  dice choice(chance);
  wanted next = domain_.next(choice, streams);
  const aggregate_type* of = domain_.hosted.aggregate(aggregate_of(next.stream_id));
  auto command = read(of, next);
  sim_.record.note(next.stream_id + next.type + next.body);
  wish& it = wishes_.emplace_back();
  it.of = of;
  it.command = std::move(command);
  it.stream = std::move(next.stream_id);
  it.type = std::move(next.type);
  it.body = std::move(next.body);
  it.id = make_uuid_v7(sim_.time.now(), sim_.random.next(), sim_.random.next());
  if (choice.one_in(4)) it.expected = database_.streams[it.stream].size();
  by_id_[it.id] = &it;
  const std::size_t first = choice.below(open.size());
  for (std::size_t i = 0; i < times; ++i) send(it, *open[(first + i) % open.size()]);
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
  dice choice(chance);
  command_ptr made(new command);
  made->stream_id = domain_.next(choice, streams).stream_id;
  made->type = mortal_aggregate::deadly;
  made->command_id = make_uuid_v7(sim_.time.now(), sim_.random.next(), sim_.random.next());
  made->answer = [](const command_outcome&) {};
  open[choice.below(open.size())]->side->submit(std::move(made));
}

void clients::look_after() {
  for (wish& it : wishes_) {
    if (it.is_over()) continue;
    for (attempt& by : it.attempts)
      if (by.is == attempt::state::open && (by.at->crashed || by.at->over)) by.is = attempt::state::unknown;
    settle_wish(it);
    if (it.is_over() || it.has_open()) continue;
    const auto open = nodes_();
    if (!open.empty()) send(it, *open[sim_.below(open.size())]);
  }
}

/// A refusal by the rules is final once every attempt has ended without effect; one of unknown fate leaves a doubt, and
/// the client goes.
void clients::settle_wish(wish& it) {
  if (!it.refused || it.has_open() || it.is_over()) return;
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
  if (it.has_open()) sim_.record.note({1});
  attempt& by = it.attempts.emplace_back();
  by.at = &to;
  by.stored_before = database_.streams[it.stream].size();
  by.after_yes = it.done.has_value();
  command_ptr made(new command);
  made->stream_id = it.stream;
  made->type = it.type;
  made->body = it.body;
  made->command_id = it.id;
  made->expected_version = it.expected;
  made->deadline = to.time.now() + patience_ms;
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
  judge_.acknowledged(it, by, yes);
  if (on_done) on_done(yes);
  if (it.done && it.done->changed && yes.changed) {
    sim_.record.saw(kit::rare::attempts_at_once);
    if (it.done->version != yes.version || it.done->position != yes.position)
      judge_.broke(kit::promise::same_answer, it,
                   "told version " + std::to_string(yes.version) + ", and before " + std::to_string(it.done->version));
  }
  if (!it.done || yes.changed) it.done = yes;
}

void clients::hear_no(wish& it, attempt& by, const refusal& why) {
  by.is = why.kind == refusal_kind::outcome_unknown ? attempt::state::unknown : attempt::state::no;
  if (by.is == attempt::state::unknown) return;
  it.was_refused = true;
  judge_.refused(it, by, why);
  if (is_by_rules(why) || why.kind == refusal_kind::wrong_version) it.refused = true;
}

} // namespace stele::simulated
