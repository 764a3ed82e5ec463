// Charts as SVG text, drawn by ourselves so that a report needs nothing from elsewhere.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace stele::load {

struct line_series {
  std::string name, color;                       ///< The colour as CSS has it.
  std::vector<std::pair<double, double>> points; ///< Ascending by x.
};

/// What a chart shows and how. Not more than `points_max` points of a line are drawn; of neighbours the highest.
struct line_chart {
  std::string title, note;
  std::vector<line_series> lines;
  double x_min = 0, x_max = 1;
  std::vector<std::pair<double, std::string>> x_ticks; ///< Empty: round numbers.
  std::string x_label;
  bool log_y = false;   ///< Values of 0 and less are not drawn.
  double shaded_to = 0; ///< From `x_min` to here the ground is grey, and called `shaded_name`.
  std::string shaded_name;
  std::function<std::string(double)> x_text, y_text; ///< How values are written.

  static constexpr std::size_t points_max = 600;
};

/// `<figure>` with title, legend and the drawing, and for the page's script the values under each x.
std::string svg(const line_chart& it);

/// Round numbers from below `low` to above `high`, about `count` of them.
std::vector<double> round_ticks(double low, double high, int count);

/// JSON as it may stand in a script element: nothing in it can end the element.
std::string script_json(std::string json);

/// `text` as it may stand in HTML.
std::string html_text(std::string_view text);

} // namespace stele::load
