#include "app/load/load_report.hpp"

#include "app/load/load_text.hpp"
#include "app/load/report_page.hpp"
#include "app/load/svg_chart.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace stele::load {

namespace {

constexpr std::array<const char*, 6> colors = {"#2563eb", "#ea580c", "#059669", "#9333ea", "#64748b", "#be123c"};

std::string ms_text(double ms) { return in_time(static_cast<std::int64_t>(ms * 1e6)); }

std::string seconds_text(double s) {
  const auto whole = std::llround(s * 10);
  return std::to_string(whole / 10) + (whole % 10 == 0 ? "" : '.' + std::to_string(whole % 10)) + " s";
}

// The page as it grows.
class page {
public:
  page(const load_result& it, const load_settings& settings) : it_(it), settings_(settings) {}

  std::string text(const std::string& where) {
    out_ = page_head;
    out_ += "<header><div><h1>Stele load report</h1><p>" + html_text(where) +
            (settings_.begun.empty() ? "" : " · " + html_text(settings_.begun)) + "</p></div>" + verdict() +
            "</header>\n";
    tiles();
    out_ += "<section class=charts>\n" + percentiles() + rates() + latencies() + lags() + "</section>\n";
    table();
    said();
    chosen();
    out_ += "<script id=data type=\"application/json\">" +
            script_json(boost::json::serialize(to_json(it_, settings_, where))) + "</script>\n";
    return out_ + page_foot.data();
  }

private:
  std::string verdict() const {
    if (is_clean(it_)) return "<span class=\"verdict good\">every answer right</span>";
    return std::string("<span class=\"verdict bad\">") + (it_.wrong.none() ? "answers missing" : "wrong answers") +
           "</span>";
  }

  void tile(const std::string& name, const std::string& value, const std::string& note = {}) {
    out_ += "<div><span>" + html_text(name) + "</span><b>" + html_text(value) + "</b><small>" + html_text(note) +
            "</small></div>";
  }

  void tiles() {
    const auto& all = it_.measured.all;
    const double rate = it_.measured_s > 0 ? static_cast<double>(all.count()) / it_.measured_s : 0;
    out_ += "<section class=tiles>";
    tile("operations per second", in_count(rate),
         settings_.closed ? "closed loop" : "wanted " + in_count(settings_.rate));
    tile("p50", in_time(all.quantile(0.5)));
    tile("p99", in_time(all.quantile(0.99)));
    tile("p99.9", in_time(all.quantile(0.999)));
    tile("longest", in_time(all.max()));
    tile("refused", in_count(static_cast<double>(it_.measured.refused)),
         "of " + in_count(static_cast<double>(all.count() + it_.measured.refused)));
    tile("orders read back", in_count(static_cast<double>(it_.orders_checked)),
         it_.wrong.none() ? "none wrong" : "some wrong");
    out_ += "</section>\n";
  }

  // Nines from left to right: as far again from 99 to 99.9 as from 90 to 99.
  std::string percentiles() const {
    line_chart it;
    it.title = "Latency by percentile";
    it.note = settings_.closed ? "From the sending to the answer."
                               : "From the time an operation was due by the schedule: a stall counts for everybody "
                                 "who would have been served meanwhile.";
    it.x_label = "percent of operations that were not slower";
    it.x_max = std::clamp(std::ceil(nines_of(it_.measured.all) - 0.1), 2.0, 6.0);
    it.log_y = true;
    it.y_text = ms_text;
    it.x_text = [](double nines) { return percent(nines) + " %"; };
    for (double nines = 0; nines <= it.x_max; ++nines) it.x_ticks.emplace_back(nines, percent(nines));
    for (auto& line : groups()) {
      for (double nines = 0; nines <= std::min(it.x_max, nines_of(line.first)) + 1e-9; nines += 0.05)
        line.second.points.emplace_back(nines,
                                        static_cast<double>(line.first.quantile(1 - std::pow(10, -nines))) / 1e6);
      it.lines.push_back(std::move(line.second));
    }
    return svg(it);
  }

  // Up to where so many values can tell percentiles apart: two nines of a hundred.
  static double nines_of(const latency_histogram& it) {
    return std::log10(std::max<double>(1, static_cast<double>(it.count())));
  }

  static std::string percent(double nines) {
    const double share = 100 * (1 - std::pow(10, -nines));
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", std::max(0, static_cast<int>(std::ceil(nines - 1e-9)) - 2), share);
    return text.data();
  }

  std::vector<std::pair<latency_histogram, line_series>> groups() const {
    using enum op_kind;
    const std::vector<std::pair<std::string, std::vector<op_kind>>> members = {
        {"commands", {create, add, cancel, ship}},  {"retries", {retry}},          {"look-ups", {look_up}},
        {"look-ups with a token", {look_up_token}}, {"lists", {list, list_token}}, {"searches", {search}}};
    std::vector<std::pair<latency_histogram, line_series>> out;
    for (std::size_t i = 0; i < members.size(); ++i) {
      latency_histogram sum;
      for (const auto kind : members[i].second) sum.add(it_.measured.kinds[static_cast<std::size_t>(kind)].latency);
      if (sum.count() > 0) out.emplace_back(std::move(sum), line_series{members[i].first, colors[i], {}});
    }
    return out;
  }

  // A chart over time; `value` of each second.
  line_chart over_time(std::string title) const {
    line_chart it;
    it.title = std::move(title);
    it.x_label = "seconds since the load began";
    it.x_text = seconds_text;
    const auto& seconds = it_.measured.seconds;
    it.x_max = seconds.empty() ? 1 : std::max(1.0, seconds.back().at_s);
    it.shaded_to = std::min(settings_.warm_up_s, it.x_max);
    it.shaded_name = "warm-up";
    return it;
  }

  template <class Value>
  line_series line(std::string name, std::size_t color, Value value) const {
    line_series out{std::move(name), colors[color % colors.size()], {}};
    for (const auto& it : it_.measured.seconds) out.points.emplace_back(it.at_s, value(it));
    return out;
  }

  std::string rates() const {
    auto it = over_time("Operations per second");
    it.y_text = in_count;
    it.lines.push_back(line("done", 0, [](const second& each) { return each.done_per_s; }));
    it.lines.push_back(line("refused", 5, [](const second& each) { return each.errors_per_s; }));
    if (!settings_.closed) it.lines.push_back(line("wanted", 4, [this](const second&) { return settings_.rate; }));
    return svg(it);
  }

  std::string latencies() const {
    auto it = over_time("Latency of each second");
    it.log_y = true;
    it.y_text = ms_text;
    it.lines.push_back(line("longest", 4, [](const second& each) { return static_cast<double>(each.max_ns) / 1e6; }));
    it.lines.push_back(line("p99", 1, [](const second& each) { return static_cast<double>(each.p99_ns) / 1e6; }));
    it.lines.push_back(line("p50", 0, [](const second& each) { return static_cast<double>(each.p50_ns) / 1e6; }));
    return svg(it);
  }

  std::string lags() const {
    std::vector<std::string> views;
    for (const auto& each : it_.measured.seconds)
      for (const auto& view : each.lags)
        if (std::find(views.begin(), views.end(), view.view) == views.end()) views.push_back(view.view);
    if (views.empty()) return {};
    auto it = over_time("Lag of each view");
    it.note = "Events committed and not yet folded into the view's rows, as seen once a second.";
    it.y_text = in_count;
    for (std::size_t i = 0; i < views.size(); ++i)
      it.lines.push_back(line(views[i], i, [&](const second& each) {
        for (const auto& view : each.lags)
          if (view.view == views[i]) return static_cast<double>(view.events);
        return 0.0;
      }));
    return svg(it);
  }

  void table() {
    out_ += "<section><h2>By kind</h2><div class=wide><table>\n";
    const auto rows = kind_rows(it_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out_ += i + 2 >= rows.size() ? "<tr class=sum>" : "<tr>";
      for (const auto& cell : rows[i]) out_ += (i == 0 ? "<th>" : "<td>") + html_text(cell);
      out_ += '\n';
    }
    out_ += "</table></div></section>\n";
  }

  void said() {
    out_ += "<section><h2>What else was found</h2><ul>\n";
    for (const auto& note : notes(it_))
      out_ += (note.find("WRONG") == std::string::npos ? "<li>" : "<li class=bad>") + html_text(note) + '\n';
    out_ += "</ul></section>\n";
  }

  void chosen() {
    out_ += "<section><h2>What was asked for</h2><div class=wide><table class=plain>\n";
    const auto json = to_json(it_, settings_, {});
    for (const auto& [name, value] : json.at("settings").as_object())
      if (name != "target")
        out_ += "<tr><td>" + html_text({name.data(), name.size()}) + "<td>" +
                html_text(value.is_string() ? std::string(value.as_string()) : plain_number(value)) + '\n';
    out_ += "</table></div></section>\n";
  }

  static std::string plain_number(const boost::json::value& value) {
    if (!value.is_double()) return boost::json::serialize(value);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g", value.as_double());
    return text.data();
  }

  const load_result& it_;
  const load_settings& settings_;
  std::string out_;
};

} // namespace

std::string report_html(const load_result& it, const load_settings& settings, const std::string& where) {
  return page(it, settings).text(where);
}

} // namespace stele::load
