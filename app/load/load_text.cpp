#include "app/load/load_text.hpp"

#include "app/admin/table.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace stele::load {

namespace {

namespace json = boost::json;

template <class... Values>
std::string printed(const char* form, Values... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), form, values...);
  return text.data();
}

double per_second(std::uint64_t count, const load_result& it) {
  return it.measured_s > 0 ? static_cast<double>(count) / it.measured_s : 0;
}

std::vector<std::string> row(std::string name, const load_result& it, const latency_histogram& latency,
                             std::uint64_t refused) {
  std::vector<std::string> out{std::move(name), admin::grouped(latency.count()),
                               in_count(per_second(latency.count(), it)), admin::grouped(refused)};
  for (const double share : {0.5, 0.9, 0.99, 0.999}) out.push_back(in_time(latency.quantile(share)));
  out.push_back(in_time(latency.max()));
  return out;
}

json::object latency_json(const latency_histogram& it) {
  const auto ms = [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; };
  return {{"count", it.count()},
          {"mean_ms", it.mean() / 1e6},
          {"p50_ms", ms(it.quantile(0.5))},
          {"p90_ms", ms(it.quantile(0.9))},
          {"p99_ms", ms(it.quantile(0.99))},
          {"p999_ms", ms(it.quantile(0.999))},
          {"max_ms", ms(it.max())}};
}

json::array seconds_json(const std::vector<second>& seconds) {
  json::array out;
  for (const auto& it : seconds) {
    json::object lags;
    for (const auto& view : it.lags) lags[view.view] = {{"events", view.events}, {"ms", view.ms}};
    out.push_back({{"at_s", it.at_s},
                   {"done_per_s", it.done_per_s},
                   {"errors_per_s", it.errors_per_s},
                   {"p50_ms", static_cast<double>(it.p50_ns) / 1e6},
                   {"p99_ms", static_cast<double>(it.p99_ns) / 1e6},
                   {"max_ms", static_cast<double>(it.max_ns) / 1e6},
                   {"in_flight", it.in_flight},
                   {"behind_ms", it.behind_ms},
                   {"warm_up", it.warm_up},
                   {"lags", std::move(lags)}});
  }
  return out;
}

std::string pause_note(const load_result& it) {
  const auto& pauses = it.measured.without_commands;
  if (pauses.commands == 0) return {};
  auto text = "longest time without any accepted command: " + in_time(pauses.overall.ns());
  for (std::size_t i = 0; it.nodes.size() > 1 && i < it.nodes.size() && i < pauses.by_node.size(); ++i)
    text += "; of those who began at " + it.nodes[i] + ": " + in_time(pauses.by_node[i].ns());
  return text;
}

json::object pauses_json(const load_result& it) {
  const auto ms = [](const longest_pause& pause) { return static_cast<double>(pause.ns()) / 1e6; };
  const auto& pauses = it.measured.without_commands;
  json::object nodes;
  for (std::size_t i = 0; it.nodes.size() > 1 && i < it.nodes.size() && i < pauses.by_node.size(); ++i)
    nodes[it.nodes[i]] = ms(pauses.by_node[i]);
  return {{"commands", pauses.commands}, {"longest_ms", ms(pauses.overall)}, {"longest_ms_by_node", std::move(nodes)}};
}

json::object settings_json(const load_settings& it, const std::string& where) {
  return {{"target", where},
          {"actors", it.actors},
          {"loop", it.closed ? "closed" : "open"},
          {"rate", it.closed ? json::value(nullptr) : json::value(it.rate)},
          {"duration_s", it.duration_s},
          {"warm_up_s", it.warm_up_s},
          {"orders", std::max(it.orders, it.actors)},
          {"zipf", it.zipf},
          {"hot_share", it.hot_share},
          {"mix", it.kinds.text()},
          {"seed", it.seed},
          {"run", it.run},
          {"begun", it.begun}};
}

} // namespace

std::string in_time(std::int64_t nanoseconds) {
  const auto value = static_cast<double>(nanoseconds);
  const auto three = [](double it, const char* unit) {
    return printed(it < 10 ? "%.2f %s" : it < 100 ? "%.1f %s" : "%.0f %s", it, unit);
  };
  if (value < 999.5e3) return three(value / 1e3, "us");
  if (value < 999.5e6) return three(value / 1e6, "ms");
  return three(value / 1e9, "s");
}

std::string in_count(double number) {
  return admin::grouped(static_cast<std::uint64_t>(std::llround(std::max(number, 0.0))));
}

std::vector<std::vector<std::string>> kind_rows(const load_result& it) {
  std::vector<std::vector<std::string>> rows{
      {"operation", "done", "per s", "refused", "p50", "p90", "p99", "p99.9", "max"}};
  const auto& all = it.measured;
  for (std::size_t i = 0; i < all.kinds.size(); ++i)
    if (const auto& kind = all.kinds[i]; kind.latency.count() + kind.refused > 0)
      rows.push_back(row(std::string(op_kind_names[i]), it, kind.latency, kind.refused));
  rows.push_back(row("all", it, all.all, all.refused));
  rows.push_back(row("all, from the sending", it, all.from_sending, all.refused));
  return rows;
}

std::vector<std::string> notes(const load_result& it) {
  std::vector<std::string> out;
  if (auto pause = pause_note(it); !pause.empty()) out.push_back(std::move(pause));
  std::uint64_t stale = 0;
  for (const auto& kind : it.measured.kinds) stale += kind.stale;
  for (const auto& [why, count] : it.measured.refusals) out.push_back("refused, " + why + ": " + admin::grouped(count));
  if (stale > 0) out.push_back("answered, but marked stale: " + admin::grouped(stale));
  if (it.not_sent > 0)
    out.push_back("the load did not keep its schedule: " + admin::grouped(it.not_sent) + " of " +
                  admin::grouped(it.scheduled) +
                  " operations were not sent in time, and the latencies above leave them out");
  if (it.unanswered > 0) out.push_back("never answered: " + admin::grouped(it.unanswered));
  if (it.unresolved > 0)
    out.push_back("commands whose outcome nobody could tell, also when sent again at the end: " +
                  admin::grouped(it.unresolved));
  if (it.interrupted) out.emplace_back("ended early by a signal");
  out.push_back("checked: every answer as it came, and " + admin::grouped(it.orders_checked) +
                " orders read back at the end against what their commands add up to");
  for (const auto& found : it.wrong.all())
    out.push_back("WRONG, " + found.kind + " (" + admin::grouped(found.count) + "): " + found.first);
  out.emplace_back(it.wrong.none() ? "no answer was wrong" : "there were WRONG answers");
  return out;
}

bool is_clean(const load_result& it) { return it.wrong.none() && it.unanswered == 0; }

std::string progress_text(const load_progress& it, const load_settings& settings) {
  auto text = it.phase + printed(" %5.1f s  ", it.at_s);
  if (!it.last)
    return text + admin::grouped(it.operations) + " operations, " + admin::grouped(it.under_way) + " under way" +
           (it.wrong ? "  WRONG ANSWERS" : "");
  const auto& last = *it.last;
  const auto latency = [&](std::int64_t ns) { return last.done_per_s > 0 ? in_time(ns) : std::string("-"); };
  text += in_count(last.done_per_s) + "/s  p50 " + latency(last.p50_ns) + "  p99 " + latency(last.p99_ns) +
          "  errors " + in_count(last.errors_per_s) + "/s  in flight " + std::to_string(last.in_flight);
  if (!settings.closed && last.behind_ms >= 1)
    text += "  behind " + in_time(static_cast<std::int64_t>(last.behind_ms * 1e6));
  for (const auto& view : last.lags)
    if (view.events > 0) text += "  " + view.view + " lags " + admin::grouped(view.events);
  return text + (it.wrong ? "  WRONG ANSWERS" : "");
}

json::object to_json(const load_result& it, const load_settings& settings, const std::string& where) {
  json::object kinds, refusals;
  for (std::size_t i = 0; i < it.measured.kinds.size(); ++i) {
    const auto& kind = it.measured.kinds[i];
    if (kind.latency.count() + kind.refused == 0) continue;
    auto one = latency_json(kind.latency);
    one["per_s"] = per_second(kind.latency.count(), it);
    one["refused"] = kind.refused;
    one["stale"] = kind.stale;
    kinds[op_kind_names[i]] = std::move(one);
  }
  for (const auto& [why, count] : it.measured.refusals) refusals[why] = count;
  json::array wrong;
  for (const auto& found : it.wrong.all())
    wrong.push_back({{"kind", found.kind}, {"count", found.count}, {"first", found.first}});
  auto all = latency_json(it.measured.all);
  all["per_s"] = per_second(it.measured.all.count(), it);
  all["refused"] = it.measured.refused;
  return {{"clean", is_clean(it)},
          {"settings", settings_json(settings, where)},
          {"measured_s", it.measured_s},
          {"operations", it.operations},
          {"scheduled", it.scheduled},
          {"not_sent", it.not_sent},
          {"unanswered", it.unanswered},
          {"unresolved", it.unresolved},
          {"orders_checked", it.orders_checked},
          {"interrupted", it.interrupted},
          {"all", std::move(all)},
          {"all_from_sending", latency_json(it.measured.from_sending)},
          {"kinds", std::move(kinds)},
          {"refusals", std::move(refusals)},
          {"without_commands", pauses_json(it)},
          {"seconds", seconds_json(it.measured.seconds)},
          {"wrong", std::move(wrong)}};
}

} // namespace stele::load
