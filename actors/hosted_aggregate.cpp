#include "actors/hosted_aggregate.hpp"

namespace stele {

namespace {

std::string names_of_rules(std::span<const command_rule> rules) {
  std::string names;
  for (const auto& rule : rules) (names += names.empty() ? "" : ", ") += rule.name;
  return names;
}

refusal invalid_command(json_problem problem) {
  return {problem.code == "too_large" ? refusal_kind::too_large : refusal_kind::invalid, std::move(problem.code),
          std::move(problem.message), std::move(problem.pointer)};
}

/// The type goes in too: a deposit and a withdrawal of the same amount are two commands.
uuid digest_of(const hosted_command& it, std::size_t body_bytes) {
  std::string text;
  text.reserve(it.rule->name.size() + body_bytes + 64);
  text += it.rule->name;
  text += '\n';
  it.rule->append_canonical(text, it);
  return hash_to_uuid(text);
}

refusal internal(std::string code, std::string message) {
  return {refusal_kind::internal, std::move(code), std::move(message), {}};
}

} // namespace

refusal to_refusal(const denial& why) {
  const refusal_kind kind = why.kind == denial_kind::invalid     ? refusal_kind::invalid
                            : why.kind == denial_kind::not_found ? refusal_kind::not_found
                                                                 : refusal_kind::rejected;
  return {kind, why.code, why.sentence.empty() ? why.code : why.sentence, why.pointer};
}

decided_event encoded_event(std::string_view type, std::uint32_t type_version, std::string payload) {
  if (!is_utf8(payload))
    throw std::invalid_argument{"the event " + std::string{type} + " holds text that is not UTF-8"};
  return {std::string{type}, type_version, std::move(payload)};
}

aggregate_host::aggregate_host(std::string_view name, std::uint32_t version, std::span<const command_rule> commands,
                               std::span<const event_rule> events, std::string description)
    : name_(name), commands_(commands), events_(events) {
  description += '#' + std::to_string(version);
  for (const auto& event : events) (description += ' ') += event.form.name;
  description_hash_ = description_hash_of(description);
}

std::vector<std::string> aggregate_host::command_types() const {
  std::vector<std::string> names;
  for (const auto& rule : commands_) names.emplace_back(rule.name);
  return names;
}

std::vector<std::string> aggregate_host::event_types() const {
  std::vector<std::string> names;
  for (const auto& rule : events_) names.emplace_back(rule.form.name);
  return names;
}

std::variant<std::unique_ptr<any_command>, refusal> aggregate_host::decode(std::string_view type,
                                                                           std::string_view body) const {
  const command_rule* rule = nullptr;
  for (const auto& each : commands_)
    if (each.name == type) rule = &each;
  if (rule == nullptr)
    return refusal{refusal_kind::invalid,
                   "unknown_command",
                   std::string{name_} + " has no command of that name; it has " + names_of_rules(commands_),
                   {}};
  json_document document;
  if (auto problem = document.read(body.empty() ? "{}" : body)) return invalid_command(*std::move(problem));
  json_reading how{true, false, {}};
  auto command = rule->make();
  command->rule = rule;
  if (!rule->read(document.root(), *command, how)) return invalid_command(std::move(how.problem));
  command->digest = digest_of(*command, body.size());
  return command;
}

decided aggregate_host::decide(any_state& state, const any_command& it) const {
  const auto& command = static_cast<const hosted_command&>(it);
  try {
    return command.rule->decide(state, command);
  } catch (const evolve_failed&) {
    throw; // The state is lost; whoever holds it must load it again.
  } catch (const std::exception& error) {
    return internal("decide_failed", std::string{command.rule->name} + " failed: " + error.what());
  }
}

stored<done> aggregate_host::evolve(any_state& state, const recorded_event& event) const {
  for (const auto& rule : events_)
    if (rule.form.name == event.type) {
      try {
        return read_event(event, rule.form,
                          [&](const json_node& body, json_reading& how) { return rule.evolve(state, body, how); });
      } catch (const std::exception& error) {
        return corrupt_event(event, std::string{"evolve threw: "} + error.what());
      }
    }
  return corrupt_event(event, std::string{name_} + " has no event of that name");
}

} // namespace stele
