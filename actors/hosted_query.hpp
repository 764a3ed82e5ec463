// Makes a `query_type` of a query a domain author declared.
#pragma once

#include "actors/view_type.hpp"
#include "domain/kernel/query.hpp"
#include "persistence/codec.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// Everything that doesn't depend on C++ types, once for all queries.
class query_host : public query_type {
public:
  std::string_view name() const final { return name_; }
  std::string_view view() const final { return view_; }
  std::int64_t acceptable_lag_ms() const final { return acceptable_lag_ms_; }
  std::vector<std::string> parameters() const final;
  std::variant<planned_query, refusal> plan(std::string_view parameters_json, bool text_values) const final;

protected:
  query_host(std::string_view name, std::string_view view, std::int64_t acceptable_lag_ms,
             std::span<const described_field> fields);

private:
  /// Reads the parameters and asks the author's `select`; false when they can't be read.
  virtual bool select_into(const json_node& parameters, selection_plan& plan, json_reading& how) const = 0;

  std::string_view name_;
  std::string_view view_;
  std::int64_t acceptable_lag_ms_;
  std::span<const described_field> fields_;
};

namespace detail {

template <class T>
inline constexpr bool is_selection = false;
template <class View>
inline constexpr bool is_selection<selection<View>> = true;

template <class Query>
consteval bool require_query() {
  static_assert(described_struct<Query>, "a query lacks BOOST_DESCRIBE_STRUCT(<query>, (), (<its parameters>))");
  constexpr bool selects = requires(const Query& q) { select(q); };
  static_assert(selects, "a query lacks its selection: stele::selection<view> select(const <query>&)");
  if constexpr (selects)
    static_assert(is_selection<std::remove_cvref_t<decltype(select(std::declval<const Query&>()))>>,
                  "select(const <query>&) must answer a stele::selection<view>");
  return true;
}

template <class Query>
using view_asked = typename decltype(select(std::declval<const Query&>()))::view;

template <class Query>
class query_host_of final : public query_host {
public:
  query_host_of()
      : query_host(type_name<Query>(), view_asked<Query>::name, acceptable_lag_of<Query>(), fields_of<Query>()) {}

private:
  bool select_into(const json_node& parameters, selection_plan& plan, json_reading& how) const override {
    Query query{};
    if (!read_value(parameters, query, how)) return false;
    plan = select(std::as_const(query)).plan();
    return true;
  }
};

} // namespace detail

/// What the runtime hosts of `Query`: `host_query<order_view::orders_of_customer>()`.
template <class Query>
std::shared_ptr<const query_type> host_query() {
  static_assert(detail::require_query<Query>());
  return std::make_shared<detail::query_host_of<Query>>();
}

} // namespace stele
