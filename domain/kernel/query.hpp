// What a question selects from a view, written with the members of its row.
#pragma once

#include "domain/kernel/column.hpp"
#include "domain/kernel/decision.hpp"
#include "domain/kernel/json_object.hpp"
#include "domain/kernel/money.hpp"
#include "domain/kernel/timestamp.hpp"

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace stele {

/// How a column is compared. Text compares bytewise; `contains` folds ASCII case and takes its value as plain text.
enum class compare { equal, not_equal, less, less_equal, greater, greater_equal, contains };
using enum compare;

enum class sort_order { asc, desc };
BOOST_DESCRIBE_ENUM(sort_order, asc, desc)
inline constexpr sort_order ascending = sort_order::asc;
inline constexpr sort_order descending = sort_order::desc;

/// A value a column is compared with, as the stores keep it: cents, milliseconds, 0 or 1, the name of an enumerator.
using compared_value = std::variant<std::monostate, std::int64_t, double, std::string>;

namespace detail {

template <class T>
compared_value to_compared(const T& value) {
  if constexpr (std::is_same_v<T, money>)
    return value.minor_units();
  else if constexpr (std::is_same_v<T, timestamp>)
    return value.unix_ms();
  else if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>)
    return static_cast<std::int64_t>(value);
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<double>(value);
  else if constexpr (std::is_enum_v<T>)
    return std::string{boost::describe::enum_to_string(value, "")};
  else if constexpr (std::is_same_v<T, json_object>)
    return value.json();
  else
    return std::string{value};
}

template <class T>
compared_value to_compared(const std::optional<T>& value) {
  return value ? to_compared(*value) : compared_value{};
}

} // namespace detail

/// What a selection comes to, with the type of its row taken away.
struct selection_plan {
  struct condition {
    std::string_view column;
    compare how = compare::equal;
    compared_value value;
  };
  struct order {
    std::string_view column;
    sort_order direction = ascending;
  };

  std::vector<std::vector<condition>> groups; ///< All must hold; in a group one condition is enough.
  std::vector<order> orders;
  std::int64_t page = 1;
  std::int64_t page_size = 20;
  std::optional<denial> refused;
};

/// What a query selects: conditions that must all hold, an order, a page. Every value travels as a bound parameter, so
/// a selection means the same on every store. Written as a chain:
///
///     return stele::selection<view>{}
///         .where(&row::customer_id, stele::equal, q.customer_id)
///         .where_if(&row::status, stele::equal, q.status)
///         .order_by(&row::created_at, stele::descending)
///         .page(q.page, q.page_size);
template <class View>
class selection {
public:
  using view = View;
  using row = typename View::row;

  static constexpr std::int64_t page_size_max = 100;

  /// Only rows whose member compares so with `value`.
  template <class Field, class Value>
  selection&& where(Field row::*member, compare how, const Value& value) && {
    plan_.groups.push_back({{column_of(member), how, compared<Field>(value)}});
    return std::move(*this);
  }

  /// As `where`, when there is a value; else everything passes.
  template <class Field, class Value>
  selection&& where_if(Field row::*member, compare how, const std::optional<Value>& value) && {
    return value ? std::move(*this).where(member, how, *value) : std::move(*this);
  }

  /// Only rows one of whose columns holds `needle` as a substring; no needle: everything passes.
  selection&& any_contains(const column_list& columns, const std::optional<std::string>& needle) && {
    if (!needle || needle->empty()) return std::move(*this);
    std::vector<selection_plan::condition> group;
    for (std::size_t i = 0; i < columns.count; ++i) group.push_back({columns.names[i], contains, *needle});
    plan_.groups.push_back(std::move(group));
    return std::move(*this);
  }

  /// Sorts by a member; later calls break ties of earlier ones. What is tied in the end is sorted by key.
  template <class Field>
  selection&& order_by(Field row::*member, sort_order direction = ascending) && {
    plan_.orders.push_back({column_of(member), direction});
    return std::move(*this);
  }

  /// Sorts by a field the caller names, which must be one of `sortable`; no name: the call changes nothing.
  selection&& order_by_name(const column_list& sortable, const std::optional<std::string>& name,
                            sort_order direction) && {
    if (!name) return std::move(*this);
    for (std::size_t i = 0; i < sortable.count; ++i)
      if (sortable.names[i] == *name) {
        plan_.orders.push_back({sortable.names[i], direction});
        return std::move(*this);
      }
    refuse(unsortable(sortable, *name));
    return std::move(*this);
  }

  /// Which page: numbered from 1, of 20 rows unless said otherwise, of 100 at most. Refuses what is outside.
  selection&& page(const std::optional<std::int64_t>& number, const std::optional<std::int64_t>& size) && {
    plan_.page = number.value_or(plan_.page);
    plan_.page_size = size.value_or(plan_.page_size);
    if (plan_.page < 1 || plan_.page > INT32_MAX)
      refuse(invalid("bad_page", "page counts from 1; found " + std::to_string(plan_.page), "/page"));
    if (plan_.page_size < 1 || plan_.page_size > page_size_max)
      refuse(invalid("bad_page_size", "page_size is 1 to 100; found " + std::to_string(plan_.page_size), "/page_size"));
    return std::move(*this);
  }

  /// Gives the query up: it is answered with the refusal. The first one counts.
  void refuse(denial why) {
    if (!plan_.refused) plan_.refused = std::move(why);
  }

  const selection_plan& plan() const { return plan_; }

private:
  template <class Field, class Value>
  static compared_value compared(const Value& value) {
    static_assert(std::is_convertible_v<const Value&, Field> || std::is_convertible_v<const Value&, std::string_view>,
                  "a member of the row is compared with a value of another type");
    if constexpr (std::is_convertible_v<const Value&, Field>)
      return detail::to_compared(static_cast<Field>(value));
    else
      return std::string{std::string_view{value}};
  }

  static denial unsortable(const column_list& sortable, const std::string& name) {
    std::string wanted;
    for (std::size_t i = 0; i < sortable.count; ++i) wanted += (i ? ", " : "") + std::string{sortable.names[i]};
    return invalid("bad_sort_by", "sort_by is one of " + wanted + "; found \"" + name + "\"", "/sort_by");
  }

  selection_plan plan_;
};

/// How old an answer may be before it is marked stale, in milliseconds; a query declares its own as
/// `static constexpr std::int64_t acceptable_lag_ms = …;`.
template <class Query>
constexpr std::int64_t acceptable_lag_of() {
  if constexpr (requires { Query::acceptable_lag_ms; })
    return Query::acceptable_lag_ms;
  else
    return 5000;
}

} // namespace stele
