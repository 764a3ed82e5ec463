// Invariants in an author's own types, held against what a simulated run stores. Private to `simulate`.
#pragma once

#include "actors/hosted_aggregate.hpp"
#include "tests/kit/simulated/domain.hpp"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace stele::kit {

/// What is stored of one stream: its events, and the state they lead to.
template <class Aggregate>
struct stream_of {
  typename Aggregate::state state;
  std::vector<typename Aggregate::event> events;
};

/// All streams of an aggregate that were ever written to, by id: `account-1`.
template <class Aggregate>
using streams = std::map<std::string, stream_of<Aggregate>>;

namespace detail {

/// The event as its author knows it. Throws when it can't be read: then it should never have been stored.
template <class Aggregate, class... Events>
typename Aggregate::event event_in(const recorded_event& from, std::variant<Events...>*) {
  typename Aggregate::event made;
  bool found = false;
  const auto try_as = [&]<class Event>(Event) {
    if (found || from.type != type_name<Event>()) return;
    Event it{};
    const auto read = read_event(from, stele::detail::form_of<Event>(),
                                 [&](const json_node& body, json_reading& how) { return read_value(body, it, how); });
    if (!read) throw std::logic_error(read.error().what);
    made = std::move(it);
    found = true;
  };
  (try_as(Events{}), ...);
  return made;
}

} // namespace detail

template <class... Aggregates>
class typed_invariants {
  using all_streams = std::tuple<streams<Aggregates>...>;
  static constexpr std::size_t aggregates = sizeof...(Aggregates);

public:
  template <class Holds>
  void each(std::string name, Holds holds) {
    static_assert((std::is_invocable_r_v<bool, Holds&, const typename Aggregates::state&> || ...),
                  "each(name, holds): holds(const state&) answers a bool; the state is that of one of the aggregates");
    (add_each<Aggregates>(name, holds), ...);
  }

  template <class Holds>
  void all(std::string name, Holds holds) {
    static_assert(std::is_invocable_r_v<bool, Holds&, const streams<Aggregates>&...>,
                  "all(name, holds): holds(const streams<aggregate>&, …) answers a bool; one parameter for each of the "
                  "aggregates, in their order");
    over_all_.push_back(
        {std::move(name), [holds = std::move(holds)](const all_streams& all) { return std::apply(holds, all); }});
  }

  /// For one run. They outlive it.
  std::unique_ptr<simulated::watcher> watch() const { return std::make_unique<typed_watcher>(*this); }

private:
  template <class Of>
  struct invariant {
    std::string name;
    std::function<bool(const Of&)> holds;
  };
  template <class Aggregate>
  using of_state = std::vector<invariant<typename Aggregate::state>>;

  template <class Aggregate, class Holds>
  void add_each(const std::string& name, const Holds& holds) {
    if constexpr (std::is_invocable_r_v<bool, const Holds&, const typename Aggregate::state&>)
      std::get<of_state_of<Aggregate>>(per_state_).list.push_back({name, holds});
  }

  /// Two aggregates may have states of one type, but not the same name.
  template <class Aggregate>
  struct of_state_of {
    of_state<Aggregate> list;
  };

  class typed_watcher final : public simulated::watcher {
  public:
    explicit typed_watcher(const typed_invariants& all) : all_(all) {}

    std::optional<simulated::violation> stored(std::span<const recorded_event> events,
                                               const any_state& after) override {
      std::optional<simulated::violation> found;
      (take<Aggregates>(events, after, found), ...);
      if (found) return found;
      for (const auto& it : all_.over_all_)
        if (!it.holds(streams_)) return simulated::violation{it.name, "after it this does not hold over all streams"};
      return std::nullopt;
    }

  private:
    template <class Aggregate>
    void take(std::span<const recorded_event> events, const any_state& after,
              std::optional<simulated::violation>& found) {
      const std::string& id = events.front().stream_id;
      if (aggregate_of(id) != Aggregate::name) return;
      auto& stream = std::get<streams<Aggregate>>(streams_)[id];
      for (const recorded_event& it : events)
        stream.events.push_back(detail::event_in<Aggregate>(it, static_cast<typename Aggregate::event*>(nullptr)));
      stream.state = stele::detail::state_in<typename Aggregate::state>(after);
      for (const auto& it : std::get<of_state_of<Aggregate>>(all_.per_state_).list)
        if (!found && !it.holds(stream.state))
          found = simulated::violation{it.name, "the state of " + id + " after it is " + encode(stream.state)};
    }

    const typed_invariants& all_;
    all_streams streams_;
  };

  std::tuple<of_state_of<Aggregates>...> per_state_;
  std::vector<invariant<all_streams>> over_all_;
};

} // namespace stele::kit
