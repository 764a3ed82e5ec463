#include "actors/hosted_query.hpp"

#include "actors/hosted_aggregate.hpp"

namespace stele {

namespace {

comparison to_comparison(compare how) {
  switch (how) {
  case compare::equal:
    return comparison::equal;
  case compare::not_equal:
    return comparison::not_equal;
  case compare::less:
    return comparison::less;
  case compare::less_equal:
    return comparison::less_equal;
  case compare::greater:
    return comparison::greater;
  case compare::greater_equal:
    return comparison::greater_equal;
  case compare::contains:
    return comparison::contains;
  }
  return comparison::equal;
}

row_selection to_selection(selection_plan plan) {
  row_selection made;
  for (auto& group : plan.groups) {
    auto& conditions = made.where.emplace_back();
    for (auto& each : group)
      conditions.push_back({std::string{each.column}, to_comparison(each.how), std::move(each.value)});
  }
  for (const auto& each : plan.orders)
    made.order_by.push_back({std::string{each.column}, each.direction == descending});
  made.page = static_cast<std::uint32_t>(plan.page);
  made.page_size = static_cast<std::uint32_t>(plan.page_size);
  return made;
}

/// A member that the row's description doesn't list has no column.
bool names_no_column(const selection_plan& plan) {
  for (const auto& group : plan.groups)
    for (const auto& each : group)
      if (each.column.empty()) return true;
  for (const auto& each : plan.orders)
    if (each.column.empty()) return true;
  return false;
}

refusal bad_parameters(json_problem problem) {
  return {refusal_kind::invalid, std::move(problem.code), std::move(problem.message), std::move(problem.pointer)};
}

} // namespace

query_host::query_host(std::string_view name, std::string_view view, std::int64_t acceptable_lag_ms,
                       std::span<const described_field> fields)
    : name_(name), view_(view), acceptable_lag_ms_(acceptable_lag_ms), fields_(fields) {}

std::vector<std::string> query_host::parameters() const {
  std::vector<std::string> names;
  for (const auto& field : fields_) names.emplace_back(field.name);
  return names;
}

std::variant<planned_query, refusal> query_host::plan(std::string_view parameters_json, bool text_values) const {
  json_document document;
  if (auto problem = document.read(parameters_json.empty() ? "{}" : parameters_json))
    return bad_parameters(*std::move(problem));
  json_reading how{true, text_values, {}};
  selection_plan plan;
  if (!select_into(document.root(), plan, how)) return bad_parameters(std::move(how.problem));
  if (plan.refused) return to_refusal(*plan.refused);
  if (names_no_column(plan))
    return refusal{refusal_kind::internal,
                   "bad_query",
                   std::string{name_} + " selects by a member that BOOST_DESCRIBE_STRUCT of its row doesn't list",
                   {}};
  return planned_query{to_selection(std::move(plan))};
}

} // namespace stele
