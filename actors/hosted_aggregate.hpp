// Makes an `aggregate_type` of an aggregate a domain author declared.
#pragma once

#include "actors/aggregate_type.hpp"
#include "actors/hosted_event.hpp"
#include "domain/kernel/aggregate.hpp"
#include "persistence/codec.hpp"
#include "persistence/description.hpp"
#include "persistence/footprint.hpp"

#include <array>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>

namespace stele {

struct command_rule;

/// A command with the rule that decides it.
struct hosted_command : any_command {
  const command_rule* rule = nullptr;
};

/// What is known of one kind of command.
struct command_rule {
  std::string_view name;
  std::unique_ptr<hosted_command> (*make)() = nullptr;
  bool (*read)(const json_node& body, hosted_command& into, json_reading& how) = nullptr;
  void (*append_canonical)(std::string& out, const hosted_command& it) = nullptr;
  decided (*decide)(any_state& state, const hosted_command& it) = nullptr;
};

/// What is known of one kind of event.
struct event_rule {
  event_form form;
  bool (*evolve)(any_state& state, const json_node& body, json_reading& how) = nullptr;
};

/// Everything that doesn't depend on C++ types, once for all aggregates.
class aggregate_host : public aggregate_type {
public:
  std::string_view name() const final { return name_; }
  std::vector<std::string> command_types() const final;
  std::vector<std::string> event_types() const final;
  std::variant<std::unique_ptr<any_command>, refusal> decode(std::string_view type, std::string_view body) const final;
  decided decide(any_state& state, const any_command& it) const final;
  stored<done> evolve(any_state& state, const recorded_event& event) const final;
  std::uint64_t description_hash() const final { return description_hash_; }

protected:
  /// `description` is that of the state; the rules live as long as the program.
  aggregate_host(std::string_view name, std::uint32_t version, std::span<const command_rule> commands,
                 std::span<const event_rule> events, std::string description);

private:
  std::string_view name_;
  std::span<const command_rule> commands_;
  std::span<const event_rule> events_;
  std::uint64_t description_hash_;
};

/// `evolve` threw while the events of a decision were folded: the state is lost, load the aggregate again.
struct evolve_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

refusal to_refusal(const denial& why);

/// An event as it will be stored. Throws `std::invalid_argument` for text that isn't UTF-8: it could never be read
/// again.
decided_event encoded_event(std::string_view type, std::uint32_t type_version, std::string payload);

namespace detail {

template <class State>
struct state_of final : any_state {
  State it{};
};

template <class Command>
struct command_of final : hosted_command {
  Command it{};
};

template <class State>
State& state_in(any_state& state) {
  return static_cast<state_of<State>&>(state).it;
}

template <class State>
const State& state_in(const any_state& state) {
  return static_cast<const state_of<State>&>(state).it;
}

template <class Command>
const Command& command_in(const hosted_command& it) {
  return static_cast<const command_of<Command>&>(it).it;
}

/// Encodes first, then folds: what can't be stored leaves the state as it was.
template <class State, class Event>
decided conclude(State& state, const decision<Event>& answer) {
  if (!answer.accepted()) return to_refusal(answer.why());
  std::vector<decided_event> encoded;
  encoded.reserve(answer.events().size());
  for (const Event& each : answer.events())
    encoded.push_back(std::visit(
        []<class Fact>(const Fact& event) {
          return encoded_event(type_name<Fact>(), type_version_of<Fact>(), encode(event));
        },
        each));
  try {
    for (const Event& each : answer.events())
      std::visit([&](const auto& event) { state = evolve(std::move(state), event); }, each);
  } catch (const std::exception& error) { throw evolve_failed{error.what()}; }
  return encoded;
}

template <class Aggregate, class Command>
constexpr command_rule command_rule_of() {
  using state = typename Aggregate::state;
  using event = typename Aggregate::event;
  return {type_name<Command>(),
          []() -> std::unique_ptr<hosted_command> { return std::make_unique<command_of<Command>>(); },
          [](const json_node& body, hosted_command& into, json_reading& how) {
            return read_value(body, static_cast<command_of<Command>&>(into).it, how);
          },
          [](std::string& out, const hosted_command& it) {
            append_value(out, command_in<Command>(it), json_form::canonical);
          },
          [](any_state& from, const hosted_command& it) {
            state& current = state_in<state>(from);
            const decision<event> answer = decide(std::as_const(current), command_in<Command>(it));
            return conclude(current, answer);
          }};
}

template <class State, class Event>
constexpr event_rule event_rule_of() {
  return {form_of<Event>(), [](any_state& into, const json_node& body, json_reading& how) {
            Event event{};
            if (!read_value(body, event, how)) return false;
            State& state = state_in<State>(into);
            state = evolve(std::move(state), std::as_const(event));
            return true;
          }};
}

template <class Aggregate, class... Commands>
constexpr std::array<command_rule, sizeof...(Commands)> command_rules(std::variant<Commands...>*) {
  return {command_rule_of<Aggregate, Commands>()...};
}

template <class State, class... Events>
constexpr std::array<event_rule, sizeof...(Events)> event_rules(std::variant<Events...>*) {
  return {event_rule_of<State, Events>()...};
}

template <class Aggregate>
class aggregate_host_of final : public aggregate_host {
  using state = typename Aggregate::state;
  static constexpr auto commands = command_rules<Aggregate>(static_cast<typename Aggregate::command*>(nullptr));
  static constexpr auto events = event_rules<state>(static_cast<typename Aggregate::event*>(nullptr));

  static std::string description() {
    std::string text;
    append_description<state>(text);
    return text;
  }

public:
  aggregate_host_of() : aggregate_host(Aggregate::name, Aggregate::version, commands, events, description()) {}

  std::unique_ptr<any_state> initial() const override { return std::make_unique<state_of<state>>(); }
  std::string encode(const any_state& from) const override { return stele::encode(state_in<state>(from)); }
  std::unique_ptr<any_state> decode_state(std::string_view json) const override {
    auto made = std::make_unique<state_of<state>>();
    if (decode_stored(json, made->it)) return nullptr;
    return made;
  }
  std::size_t footprint(const any_state& from) const override {
    return sizeof(state_of<state>) + heap_bytes(state_in<state>(from));
  }
};

} // namespace detail

/// What the runtime hosts of `Aggregate`: `host_aggregate<order::aggregate>()`.
template <class Aggregate>
std::shared_ptr<const aggregate_type> host_aggregate() {
  static_assert(Aggregate::complete());
  return std::make_shared<detail::aggregate_host_of<Aggregate>>();
}

} // namespace stele
