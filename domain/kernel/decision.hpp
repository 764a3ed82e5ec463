// What a `decide` function answers: events to store, nothing to do, or why not.
#pragma once

#include <boost/mp11/algorithm.hpp>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace stele {

/// How a command is refused. Doors turn the kind into their own words (HTTP: 400, 404, 409).
enum class denial_kind {
  invalid,   ///< Never acceptable, whatever the state: a bad quantity, an empty list.
  not_found, ///< Nothing of that id exists.
  rejected   ///< The state says no, now: shipped already, not enough money.
};

/// A refusal: a word a program can compare, a sentence for people, and the field it is about (JSON pointer), if any.
struct denial {
  denial_kind kind = denial_kind::rejected;
  std::string code;
  std::string sentence;
  std::string pointer;
};

constexpr denial reject(std::string code, std::string sentence = {}) {
  return {denial_kind::rejected, std::move(code), std::move(sentence), {}};
}

constexpr denial not_found(std::string code, std::string sentence = {}) {
  return {denial_kind::not_found, std::move(code), std::move(sentence), {}};
}

constexpr denial invalid(std::string code, std::string sentence = {}, std::string pointer = {}) {
  return {denial_kind::invalid, std::move(code), std::move(sentence), std::move(pointer)};
}

/// The command is true already: nothing is stored, and the caller is told that it was accepted.
struct no_change_t {};
inline constexpr no_change_t no_change;

/// The answer of `decide`: one event, a braced list of events, `no_change`, or a refusal. `Event` is the aggregate's
/// `std::variant` of events.
template <class Event>
class decision {
public:
  using event = Event;

  template <class... Facts>
  requires(sizeof...(Facts) > 0 &&
           (boost::mp11::mp_contains<Event, Facts>::value && ...)) constexpr decision(Facts... facts) {
    events_.reserve(sizeof...(Facts));
    (events_.emplace_back(std::move(facts)), ...);
  }
  constexpr decision(std::vector<Event> events) : events_(std::move(events)) {}
  constexpr decision(no_change_t) {}
  constexpr decision(denial why) : why_(std::move(why)), accepted_(false) {}

  /// False: refused, and `why` says for what reason.
  constexpr bool accepted() const { return accepted_; }
  constexpr const std::vector<Event>& events() const { return events_; }
  constexpr const denial& why() const { return why_; }

private:
  std::vector<Event> events_;
  denial why_;
  bool accepted_ = true;
};

} // namespace stele
