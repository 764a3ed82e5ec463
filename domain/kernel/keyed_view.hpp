// A view whose rows gather events of many streams, each under a key that the events name.
#pragma once

#include "domain/kernel/view.hpp"

#include <boost/mp11/list.hpp>

#include <optional>
#include <string>

namespace stele {

namespace detail {

template <class View, class Event>
consteval void require_key() {
  using answer = decltype(named_key<View>(std::declval<const Event&>(), std::declval<const envelope&>()));
  static_assert(std::is_same_v<answer, std::string> || std::is_same_v<answer, std::optional<std::string>>,
                "key_of(const <event>&) must answer a std::string, or a std::optional<std::string>");
}

} // namespace detail

/// One view with a key of its own: the name of its table, its row, and the aggregates whose events it folds.
///
/// `project` is written as for a `stele::view`. The first described member of the row is the key. A static `key_of`
/// says which row an event belongs to; it answers nothing for an event that belongs to none:
///
///     struct view : stele::keyed_view<"customer_summaries", row, order::aggregate> {
///       static std::string key_of(const order::order_created& e) { return e.customer_id; }
///     };
///
/// An event without a `key_of` belongs to the row that the first event of its stream names, for ever: so the first
/// event of each stream must have one. `key_of(const <event>&, const stele::envelope&)` may use the envelope too.
///
/// Events are folded in the order of the whole store, by one projector: a row sees those of all its streams as they
/// were committed. Derive to declare `version` and `indexes` as well, as with a `stele::view`.
template <text Name, class Row, class... Aggregates>
struct keyed_view {
  static constexpr std::string_view name = Name;
  static constexpr std::uint32_t version = 1;
  static constexpr std::array<column_list, 0> indexes{};
  using row = Row;
  using aggregates = boost::mp11::mp_list<Aggregates...>;

  static_assert(detail::is_aggregate_name(name),
                "the name of a view is made of a-z, 0-9 and _, and begins with a letter");

  /// Checks the declaration of `View`, which derives from this, by name.
  template <class View>
  static consteval bool complete() {
    static_assert(described<Row>, "the row of a view lacks BOOST_DESCRIBE_STRUCT(row, (), (<its fields>))");
    if constexpr (described<Row>)
      static_assert(std::is_same_v<typename detail::first_member<Row>::pointer, std::string Row::*>,
                    "the first described member of a keyed view's row is its key: it must be a std::string");
    (check<View>(static_cast<const typename Aggregates::event*>(nullptr)), ...);
    return true;
  }

private:
  template <class View, class... Events>
  static consteval void check(const std::variant<Events...>*) {
    static_assert((projected<Row, Events> || ...), "a view lacks its projections: row project(row, const <event>&)");
    static_assert((names_key<View, Events> || ...),
                  "a keyed view lacks its key: static std::string key_of(const <event>&), at least for the first event "
                  "of each stream");
    (require<View, Events>(), ...);
  }

  template <class View, class Event>
  static consteval void require() {
    if constexpr (names_key<View, Event>) detail::require_key<View, Event>();
  }
};

} // namespace stele
