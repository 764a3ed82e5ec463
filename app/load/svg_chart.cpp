#include "app/load/svg_chart.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace stele::load {

namespace {

namespace json = boost::json;

constexpr double width = 640, height = 280, left = 66, right = 26, top = 12, bottom = 42;

std::string printed(const char* form, double a, double b = 0, double c = 0, double d = 0) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), form, a, b, c, d);
  return text.data();
}

// Fewer points: of so many neighbours the highest.
std::vector<std::pair<double, double>> thinned(const std::vector<std::pair<double, double>>& points) {
  const auto group = (points.size() + line_chart::points_max - 1) / line_chart::points_max;
  if (group <= 1) return points;
  std::vector<std::pair<double, double>> out;
  for (std::size_t i = 0; i < points.size(); i += group) {
    const auto end = points.begin() + static_cast<std::ptrdiff_t>(std::min(i + group, points.size()));
    out.push_back(*std::max_element(points.begin() + static_cast<std::ptrdiff_t>(i), end,
                                    [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  return out;
}

class drawing {
public:
  explicit drawing(const line_chart& it) : it_(it) {
    for (const auto& line : it_.lines) lines_.push_back({line.name, line.color, thinned(line.points)});
    find_range();
  }

  std::string figure() const {
    return "<figure><figcaption><div><b>" + html_text(it_.title) + "</b>" + legend() + "</div>" +
           (it_.note.empty() ? "" : "<p>" + html_text(it_.note) + "</p>") + "</figcaption>" + picture() + values() +
           "</figure>\n";
  }

private:
  void find_range() {
    double low = 1e300, high = -1e300;
    for (const auto& line : lines_)
      for (const auto& [x, y] : line.points)
        if (!it_.log_y || y > 0) low = std::min(low, y), high = std::max(high, y);
    if (low > high) low = it_.log_y ? 1 : 0, high = it_.log_y ? 10 : 1;
    if (it_.log_y) {
      low_ = std::pow(10, std::floor(std::log10(low)));
      high_ = std::pow(10, std::ceil(std::log10(high) + 1e-9));
      for (double decade = low_; decade < high_ * 1.01; decade *= 10) y_ticks_.push_back(decade);
    } else {
      y_ticks_ = round_ticks(0, std::max(high, 1e-9), 5);
      low_ = y_ticks_.front();
      high_ = y_ticks_.back();
    }
  }

  double x(double value) const {
    const double span = std::max(it_.x_max - it_.x_min, 1e-9);
    return left + (value - it_.x_min) / span * (width - left - right);
  }

  double y(double value) const {
    const double share =
        it_.log_y ? std::log(std::max(value, low_) / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
    return height - bottom - share * (height - top - bottom);
  }

  std::string legend() const {
    std::string out = "<span class=legend>";
    for (const auto& line : lines_)
      out += "<span><i style=\"background:" + line.color + "\"></i>" + html_text(line.name) + "</span>";
    return out + "</span>";
  }

  std::string picture() const {
    return printed("<svg viewBox=\"0 0 %.0f %.0f\" role=img>", width, height) + shade() + grid() + curves() +
           printed("<line class=at y1=%.0f y2=%.0f x1=-9 x2=-9 />", top, height - bottom) + "</svg>";
  }

  std::string shade() const {
    if (it_.shaded_to <= it_.x_min) return {};
    const double to = x(std::min(it_.shaded_to, it_.x_max));
    return printed("<rect class=shade x=%.1f y=%.1f width=%.1f height=%.1f />", left, top, to - left,
                   height - top - bottom) +
           printed("<text class=shade x=%.1f y=%.1f>", left + 5, top + 13) + html_text(it_.shaded_name) + "</text>";
  }

  std::string grid() const {
    std::string out;
    for (const double tick : y_ticks_)
      out += printed("<line class=grid x1=%.1f x2=%.1f y1=%.1f y2=%.1f />", left, width - right, y(tick), y(tick)) +
             printed("<text x=%.1f y=%.1f text-anchor=end>", left - 7, y(tick) + 4) + html_text(it_.y_text(tick)) +
             "</text>";
    for (const auto& [value, name] : x_ticks())
      out += printed("<line class=tick x1=%.1f x2=%.1f y1=%.1f y2=%.1f />", x(value), x(value), height - bottom,
                     height - bottom + 4) +
             printed("<text x=%.1f y=%.1f text-anchor=middle>", x(value), height - bottom + 17) + html_text(name) +
             "</text>";
    out += printed("<line class=axis x1=%.1f x2=%.1f y1=%.1f y2=%.1f />", left, width - right, height - bottom,
                   height - bottom);
    return out + printed("<text class=name x=%.1f y=%.1f text-anchor=middle>", (left + width - right) / 2, height - 6) +
           html_text(it_.x_label) + "</text>";
  }

  std::vector<std::pair<double, std::string>> x_ticks() const {
    if (!it_.x_ticks.empty()) return it_.x_ticks;
    std::vector<std::pair<double, std::string>> out;
    for (const double tick : round_ticks(it_.x_min, it_.x_max, 8))
      if (tick >= it_.x_min && tick <= it_.x_max * 1.0001) out.emplace_back(tick, it_.x_text(tick));
    return out;
  }

  std::string curves() const {
    std::string out;
    for (const auto& line : lines_) {
      out += "<polyline stroke=\"" + line.color + "\" points=\"";
      for (const auto& [at, value] : line.points)
        if (!it_.log_y || value > 0) out += printed("%.1f,%.1f ", x(at), y(value));
      out += "\" />";
    }
    return out;
  }

  // What stands under each place, in words, for the page's script to show.
  std::string values() const {
    json::array places;
    const auto longest = std::max_element(
        lines_.begin(), lines_.end(), [](const auto& a, const auto& b) { return a.points.size() < b.points.size(); });
    for (std::size_t i = 0; longest != lines_.end() && i < longest->points.size(); ++i) {
      json::array rows;
      for (const auto& line : lines_)
        if (i < line.points.size())
          rows.push_back(json::array{json::value(line.color), json::value(line.name),
                                     json::value(it_.y_text(line.points[i].second))});
      const double at = longest->points[i].first;
      places.push_back(json::array{std::round(x(at) * 10) / 10, json::value(it_.x_text(at)), std::move(rows)});
    }
    return "<script type=\"application/json\">" + script_json(json::serialize(places)) + "</script>";
  }

  const line_chart& it_;
  std::vector<line_series> lines_;
  double low_ = 0, high_ = 1;
  std::vector<double> y_ticks_;
};

} // namespace

std::string svg(const line_chart& it) { return drawing(it).figure(); }

std::vector<double> round_ticks(double low, double high, int count) {
  const double rough = std::max(high - low, 1e-12) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double unit = rough / power;
  const double step = power * (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10);
  std::vector<double> out;
  const double first = std::floor(low / step + 1e-9);
  for (double i = first; out.empty() || out.back() < high - step * 1e-9; ++i) out.push_back(i * step);
  return out;
}

std::string script_json(std::string json) {
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;) json.replace(at, 1, "\\u003c");
  return json;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

} // namespace stele::load
