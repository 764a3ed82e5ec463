// Ties the rules of one domain file together into an aggregate.
#pragma once

#include "domain/kernel/decision.hpp"
#include "domain/kernel/json_object.hpp"
#include "domain/kernel/money.hpp"
#include "domain/kernel/text.hpp"
#include "domain/kernel/timestamp.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/members.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace stele {

/// True for a struct whose members `BOOST_DESCRIBE_STRUCT` lists.
template <class T>
concept described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

namespace detail {

constexpr bool is_aggregate_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  for (char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

template <class State, class Event, class Command>
consteval void require_command() {
  static_assert(described<Command>, "a command lacks BOOST_DESCRIBE_STRUCT(<command>, (), (<its fields>))");
  constexpr bool decides = requires(const State& s, const Command& c) { decide(s, c); };
  static_assert(decides, "a command lacks its rule: decision decide(const state&, const <command>&)");
  if constexpr (decides) {
    using answer = decltype(decide(std::declval<const State&>(), std::declval<const Command&>()));
    static_assert(std::is_convertible_v<answer, decision<Event>>,
                  "decide(const state&, const <command>&) must answer a stele::decision<event> of its own events");
  }
}

template <class State, class Event>
consteval void require_event() {
  static_assert(described<Event>, "an event lacks BOOST_DESCRIBE_STRUCT(<event>, (), (<its fields>))");
  constexpr bool evolves = requires(State s, const Event& e) { evolve(std::move(s), e); };
  static_assert(evolves, "an event lacks its history: state evolve(state, const <event>&)");
  if constexpr (evolves) {
    using answer = decltype(evolve(std::declval<State>(), std::declval<const Event&>()));
    static_assert(std::is_same_v<answer, State>, "evolve(state, const <event>&) must answer the new state");
  }
}

} // namespace detail

/// One kind of aggregate: the name its streams begin with, its state, what it is asked (a `std::variant` of commands),
/// what it says (a `std::variant` of events).
///
/// `decide` and `evolve` are free functions beside the structs, found by argument-dependent lookup; a missing one is a
/// compile error with a sentence. An aggregate whose `evolve` changed its meaning derives from this and declares
/// `static constexpr std::uint32_t version = 2;`, so that states kept aside are made anew from their streams.
template <text Name, class State, class Command, class Event>
struct aggregate {
  static_assert(!std::is_same_v<State, State>,
                "stele::aggregate takes a name, a state, a std::variant of commands and a std::variant of events");
};

template <text Name, class State, class... Commands, class... Events>
struct aggregate<Name, State, std::variant<Commands...>, std::variant<Events...>> {
  static constexpr std::string_view name = Name;
  static constexpr std::uint32_t version = 1;
  using state = State;
  using command = std::variant<Commands...>;
  using event = std::variant<Events...>;

  static_assert(detail::is_aggregate_name(name),
                "the name of an aggregate is made of a-z, 0-9 and _, and begins with a letter");
  static_assert(described<State>, "the state lacks BOOST_DESCRIBE_STRUCT(state, (), (<its fields>))");

  /// Checks every rule by name; whoever hosts or tests the aggregate calls it, so that the sentence comes first.
  static consteval bool complete() {
    (detail::require_command<State, event, Commands>(), ...);
    (detail::require_event<State, Events>(), ...);
    return true;
  }
};

} // namespace stele
