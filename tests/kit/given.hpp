// Rules as sentences: given these events, when this is asked, then that happened.
#pragma once

#include "domain/kernel/aggregate.hpp"
#include "persistence/codec.hpp"

#include <boost/assert/source_location.hpp>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

namespace stele {

/// What a rule answered, to be held against what it should have. Events are compared as the text that is stored, so
/// they need no equality of their own, and a failure shows both sides as they would lie in the log.
template <class Aggregate>
class verdict {
public:
  using event = typename Aggregate::event;
  using state = typename Aggregate::state;

  verdict(decision<event> answer, state after, boost::source_location where)
      : answer_(std::move(answer)), after_(std::move(after)), where_(where) {}

  /// Exactly these events, in this order.
  template <class... Events>
  const verdict& then(const Events&... wanted) const {
    std::string text;
    (append(text, wanted), ...);
    return compare(text);
  }

  const verdict& then_nothing() const { return compare("no change\n"); }
  const verdict& then_rejected(std::string_view code) const { return compare("rejected " + std::string{code} + "\n"); }
  const verdict& then_not_found(std::string_view code) const {
    return compare("not found " + std::string{code} + "\n");
  }

  /// Never acceptable; `pointer` is that of the field, as `/items/0/price`.
  const verdict& then_invalid(std::string_view code, std::string_view pointer = {}) const {
    if (answer_.why().pointer != pointer)
      ADD_FAILURE_AT(where_.file_name(), static_cast<int>(where_.line()))
          << "wanted the field " << pointer << "\nfound  " << answer_.why().pointer;
    return compare("invalid " + std::string{code} + "\n");
  }

  /// The state with the new events folded in.
  const state& after() const { return after_; }

private:
  template <class Event>
  static void append(std::string& text, const Event& event) {
    text += std::string{type_name<Event>()} + ' ' + encode(event) + '\n';
  }

  std::string found() const {
    std::string text;
    if (!answer_.accepted()) {
      const auto kind = answer_.why().kind;
      text = kind == denial_kind::invalid ? "invalid " : kind == denial_kind::not_found ? "not found " : "rejected ";
      return text + answer_.why().code + '\n';
    }
    for (const event& each : answer_.events()) std::visit([&](const auto& fact) { append(text, fact); }, each);
    return text.empty() ? "no change\n" : text;
  }

  const verdict& compare(const std::string& wanted) const {
    if (const std::string text = found(); text != wanted)
      ADD_FAILURE_AT(where_.file_name(), static_cast<int>(where_.line())) << "wanted:\n"
                                                                          << wanted << "found:\n"
                                                                          << text;
    return *this;
  }

  decision<event> answer_;
  state after_;
  boost::source_location where_;
};

/// `given<order::aggregate>(order_created{…}).when(ship_order{}).then(order_shipped{});`
template <class Aggregate>
class given {
public:
  using event = typename Aggregate::event;
  using state = typename Aggregate::state;

  template <class... Events>
  explicit given(const Events&... history) {
    static_assert(Aggregate::complete());
    ((state_ = evolve(std::move(state_), history)), ...);
  }

  template <class Command>
  verdict<Aggregate> when(const Command& asked, const boost::source_location& where = BOOST_CURRENT_LOCATION) const {
    decision<event> answer = decide(state_, asked);
    state after = state_;
    for (const event& each : answer.events())
      std::visit([&](const auto& fact) { after = evolve(std::move(after), fact); }, each);
    return {std::move(answer), std::move(after), where};
  }

  const state& now() const { return state_; }

private:
  state state_{};
};

} // namespace stele
