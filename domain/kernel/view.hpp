// Ties a row and its projections together into a view: what people read of an aggregate.
#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/column.hpp"
#include "domain/kernel/timestamp.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace stele {

/// What a projection may know of an event beside the event itself.
struct envelope {
  std::string_view id;       ///< The id part of its stream: `7` of `order-7`.
  std::uint64_t version = 0; ///< Its place in the stream: 1, 2, 3 …
  timestamp at;              ///< When it was recorded.
};

namespace detail {

template <class Row, class Event>
concept projects_plainly = requires(Row r, const Event& e) {
  project(std::move(r), e);
};

template <class Row, class Event>
concept projects_with_envelope = requires(Row r, const Event& e, const envelope& at) {
  project(std::move(r), e, at);
};

template <class View, class Event>
concept keyed_plainly = requires(const Event& e) {
  View::key_of(e);
};

template <class View, class Event>
concept keyed_with_envelope = requires(const Event& e, const envelope& at) {
  View::key_of(e, at);
};

/// What the author's `key_of` answers.
template <class View, class Event>
auto named_key(const Event& event, const envelope& at) {
  if constexpr (keyed_with_envelope<View, Event>)
    return View::key_of(event, at);
  else
    return View::key_of(event);
}

template <class Row>
struct first_member {
  using members = boost::describe::describe_members<Row, boost::describe::mod_public>;
  using pointer = std::remove_cv_t<decltype(boost::mp11::mp_front<members>::pointer)>;
  static constexpr pointer value = boost::mp11::mp_front<members>::pointer;
};

} // namespace detail

/// True when the view says something about the event.
template <class Row, class Event>
concept projected = detail::projects_plainly<Row, Event> || detail::projects_with_envelope<Row, Event>;

/// True when the view says which row the event belongs to.
template <class View, class Event>
concept names_key = detail::keyed_plainly<View, Event> || detail::keyed_with_envelope<View, Event>;

/// Folds an event into a row by the author's `project`.
template <class Row, class Event>
Row apply_projection(Row row, const Event& event, const envelope& at) {
  if constexpr (detail::projects_with_envelope<Row, Event>) {
    static_assert(std::is_same_v<decltype(project(std::move(row), event, at)), Row>,
                  "project(row, const <event>&, const stele::envelope&) must answer the new row");
    return project(std::move(row), event, at);
  } else {
    static_assert(std::is_same_v<decltype(project(std::move(row), event)), Row>,
                  "project(row, const <event>&) must answer the new row");
    return project(std::move(row), event);
  }
}

/// One view: the name of its table, its row, and the aggregate whose events it folds.
///
/// `project(row, const <event>&)` or `project(row, const <event>&, const stele::envelope&)` are free functions beside
/// the row, one for each event the view cares about. The first described member of the row is the key; it is the id
/// part of the stream, and the runtime fills it in before the first projection. (For a key of another kind there is
/// `stele::keyed_view`.) Derive from this to declare more:
///
///     struct view : stele::view<"order_views", row, order::aggregate> {
///       static constexpr std::uint32_t version = 2; // Raised when `project` changed its meaning: a rebuild follows.
///       static constexpr std::array indexes{stele::columns(&row::customer_id, &row::created_at)};
///     };
template <text Name, class Row, class Aggregate>
struct view {
  static constexpr std::string_view name = Name;
  static constexpr std::uint32_t version = 1;
  static constexpr std::array<column_list, 0> indexes{};
  using row = Row;
  using aggregate = Aggregate;

  static_assert(detail::is_aggregate_name(name),
                "the name of a view is made of a-z, 0-9 and _, and begins with a letter");

  /// Checks the declaration of `View` (this, or what derives from it) by name.
  template <class View>
  static consteval bool complete() {
    static_assert(described<Row>, "the row of a view lacks BOOST_DESCRIBE_STRUCT(row, (), (<its fields>))");
    if constexpr (described<Row>) {
      using first = detail::first_member<Row>;
      static_assert(
          std::is_same_v<typename first::pointer, std::string Row::*>,
          "the first described member of a row is its key, the id part of the stream: it must be a std::string");
      if constexpr (requires { View::key; })
        static_assert(column_of(View::key) == column_of(first::value),
                      "the key of a view is its stream id, the first described member of its row: "
                      "one with another key derives from stele::keyed_view and says key_of(const <event>&)");
    }
    static_assert(cares<typename Aggregate::event>(), "a view lacks its projections: row project(row, const <event>&)");
    static_assert(!names<View, typename Aggregate::event>(),
                  "a view that says key_of(const <event>&) derives from stele::keyed_view");
    return true;
  }

private:
  template <class Events>
  static consteval bool cares() {
    return []<class... Each>(const std::variant<Each...>*) {
      return (projected<Row, Each> || ...);
    }(static_cast<const Events*>(nullptr));
  }

  template <class View, class Events>
  static consteval bool names() {
    return []<class... Each>(const std::variant<Each...>*) {
      return (names_key<View, Each> || ...);
    }(static_cast<const Events*>(nullptr));
  }
};

} // namespace stele
