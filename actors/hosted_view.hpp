// Makes a `view_type` of a view a domain author declared.
#pragma once

#include "actors/hosted_event.hpp"
#include "actors/view_type.hpp"
#include "domain/kernel/view.hpp"
#include "persistence/row_codec.hpp"

#include <array>
#include <span>
#include <vector>

namespace stele {

/// What a view does with one kind of event.
struct projection_rule {
  std::string_view aggregate;
  event_form form;
  bool (*project)(void* row, const json_node& body, const envelope& at, json_reading& how) = nullptr;
};

/// Everything that doesn't depend on C++ types, once for all views.
class view_host : public view_type {
public:
  const view_definition& definition() const final { return definition_; }

protected:
  view_host(std::string_view name, std::uint32_t version, std::string_view aggregate,
            std::span<const described_column> columns, std::span<const column_list> indexes,
            std::vector<projection_rule> rules);

  /// `blank` is a row of the author's type, as it is made by default.
  stored<std::optional<row_values>> fold_into(void* blank, std::string_view key, const std::optional<row_values>& row,
                                              std::span<const recorded_event* const> events) const;

  const projection_rule* rule_of(const recorded_event& event) const; ///< Null: the view doesn't care.

private:
  stored<done> project(void* row, const projection_rule& rule, const recorded_event& event) const;

  view_definition definition_;
  std::span<const described_column> columns_;
  std::vector<projection_rule> rules_;
};

/// What the author may know of an event beside the event.
envelope envelope_of(const recorded_event& event);

namespace detail {

template <class Row, class Event>
void add_projection(std::vector<projection_rule>& rules, std::string_view aggregate) {
  if constexpr (projected<Row, Event>)
    rules.push_back(
        {aggregate, form_of<Event>(), [](void* row, const json_node& body, const envelope& at, json_reading& how) {
           Event event{};
           if (!read_value(body, event, how)) return false;
           Row& into = *static_cast<Row*>(row);
           into = apply_projection(std::move(into), std::as_const(event), at);
           return true;
         }});
}

template <class Row, class... Events>
void add_projections(std::vector<projection_rule>& rules, std::string_view aggregate, std::variant<Events...>*) {
  (add_projection<Row, Events>(rules, aggregate), ...);
}

template <class Row, class... Aggregates>
std::vector<projection_rule> projection_rules() {
  std::vector<projection_rule> rules;
  (add_projections<Row>(rules, Aggregates::name, static_cast<typename Aggregates::event*>(nullptr)), ...);
  return rules;
}

template <class View>
class view_host_of final : public view_host {
  using row = typename View::row;

public:
  view_host_of()
      : view_host(View::name, View::version, View::aggregate::name, described_columns<row>(), View::indexes,
                  projection_rules<row, typename View::aggregate>()) {}

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> from,
                                         std::span<const recorded_event* const> events) const override {
    row blank{};
    return fold_into(&blank, key, from, events);
  }
};

} // namespace detail

/// What the runtime hosts of `View`: `host_view<order_view::view>()`.
template <class View>
requires requires { typename View::aggregate; }
std::shared_ptr<const view_type> host_view() {
  static_assert(View::template complete<View>());
  return std::make_shared<detail::view_host_of<View>>();
}

} // namespace stele
