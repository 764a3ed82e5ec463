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
/// part of the stream, and the runtime fills it in before the first projection. Derive from this to declare more:
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
                      "the key of a view must be its stream id, the first described member of its row: "
                      "a view with another key would need the events of all shards in one order");
    }
    static_assert(cares<typename Aggregate::event>(), "a view lacks its projections: row project(row, const <event>&)");
    return true;
  }

private:
  template <class Events>
  static consteval bool cares() {
    return []<class... Each>(const std::variant<Each...>*) {
      return (projected<Row, Each> || ...);
    }(static_cast<const Events*>(nullptr));
  }
};

} // namespace stele
