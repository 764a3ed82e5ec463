// Makes a `view_type` of a view with a key of its own that a domain author declared.
#pragma once

#include "actors/hosted_view.hpp"
#include "domain/kernel/keyed_view.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

/// How one kind of event names its row.
struct key_rule {
  std::string_view aggregate;
  event_form form;
  bool (*read)(std::optional<std::string>& key, const json_node& body, const envelope& at, json_reading& how) = nullptr;
};

/// Everything that doesn't depend on C++ types, once for all keyed views.
class keyed_view_host : public view_host, public event_keys {
public:
  const event_keys* keys() const final { return this; }
  bool wants(const recorded_event& event) const final { return rule_of(event) != nullptr; }
  bool names(const recorded_event& event) const final { return key_rule_of(event) != nullptr; }
  stored<std::optional<std::string>> key_in(const recorded_event& event) const final;

protected:
  keyed_view_host(std::string_view name, std::uint32_t version, std::string_view aggregates,
                  std::span<const described_column> columns, std::span<const column_list> indexes,
                  std::vector<projection_rule> rules, std::vector<key_rule> keys)
      : view_host(name, version, aggregates, columns, indexes, std::move(rules)), keys_(std::move(keys)) {}

private:
  const key_rule* key_rule_of(const recorded_event& event) const;

  std::vector<key_rule> keys_;
};

namespace detail {

template <class View, class Event>
void add_key(std::vector<key_rule>& rules, std::string_view aggregate) {
  if constexpr (names_key<View, Event>)
    rules.push_back({aggregate, form_of<Event>(),
                     [](std::optional<std::string>& key, const json_node& body, const envelope& at, json_reading& how) {
                       Event event{};
                       if (!read_value(body, event, how)) return false;
                       key = named_key<View>(std::as_const(event), at);
                       return true;
                     }});
}

template <class View, class... Events>
void add_keys(std::vector<key_rule>& rules, std::string_view aggregate, std::variant<Events...>*) {
  (add_key<View, Events>(rules, aggregate), ...);
}

template <class View, class... Aggregates>
std::vector<key_rule> key_rules(boost::mp11::mp_list<Aggregates...>) {
  std::vector<key_rule> rules;
  (add_keys<View>(rules, Aggregates::name, static_cast<typename Aggregates::event*>(nullptr)), ...);
  return rules;
}

template <class Row, class... Aggregates>
std::vector<projection_rule> projection_rules_of(boost::mp11::mp_list<Aggregates...>) {
  return projection_rules<Row, Aggregates...>();
}

/// `account,order`: as the store remembers whose events are folded.
template <class... Aggregates>
std::string joined_names(boost::mp11::mp_list<Aggregates...>) {
  std::string names;
  ((names += (names.empty() ? "" : ",") + std::string(Aggregates::name)), ...);
  return names;
}

template <class View>
class keyed_view_host_of final : public keyed_view_host {
  using row = typename View::row;
  using aggregates = typename View::aggregates;

public:
  keyed_view_host_of()
      : keyed_view_host(View::name, View::version, joined_names(aggregates{}), described_columns<row>(), View::indexes,
                        projection_rules_of<row>(aggregates{}), key_rules<View>(aggregates{})) {}

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> from,
                                         std::span<const recorded_event* const> events) const override {
    row blank{};
    return fold_into(&blank, key, from, events);
  }
};

} // namespace detail

/// What the runtime hosts of `View`: `host_view<customer_view::view>()`.
template <class View>
requires requires { typename View::aggregates; }
std::shared_ptr<const view_type> host_view() {
  static_assert(View::template complete<View>());
  return std::make_shared<detail::keyed_view_host_of<View>>();
}

} // namespace stele
