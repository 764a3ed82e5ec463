#include "tests/bench/report/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace bench {

namespace {

using row = std::array<std::string, 6>;

/// Three significant digits, thousands apart: `58,100`, `0.342`.
std::string number(double value) {
  std::array<char, 64> text{};
  const double size = std::fabs(value);
  const int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const double unit = size >= 1000 ? std::pow(10, std::floor(std::log10(size)) - 2) : 0;
  std::snprintf(text.data(), text.size(), "%.*f", digits, unit > 0 ? std::round(value / unit) * unit : value);
  std::string out = text.data();
  for (auto at = static_cast<std::ptrdiff_t>(out.find('.') == std::string::npos ? out.size() : out.find('.')) - 3;
       at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

std::string ratio(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), value >= 10 ? "%.1f" : "%.2f", value);
  return text.data();
}

std::string goal_text(const measure& of) {
  const goal& it = of.wanted;
  if (it.kind == goal_kind::value_at_most) return "<= " + number(it.limit) + " " + of.unit;
  return (it.kind == goal_kind::ratio_at_least ? ">= " : "<= ") + ratio(it.limit);
}

const char* word(standing how) {
  switch (how) {
  case standing::reached:
    return "reached";
  case standing::missed:
    return "missed";
  case standing::wrong:
    return "wrong";
  case standing::skipped:
    break;
  }
  return "skipped";
}

row cells(const verdict& it, const std::string& name) {
  if (it.how == standing::skipped || it.stele == 0) return {name, "", "", "", goal_text(*it.of), word(it.how)};
  const bool alone = it.of->wanted.kind == goal_kind::value_at_most;
  const auto show = [&](double value) { return alone ? number(value) : ratio(value); };
  return {name,
          number(it.stele) + " " + it.of->unit,
          alone ? "" : number(it.bare),
          show(it.ratio_min) + ", " + show(it.ratio) + ", " + show(it.ratio_max),
          goal_text(*it.of),
          word(it.how)};
}

const row head = {"measure", "Stele", "bare", "ratio (min, median, max)", "goal", ""};

} // namespace

std::string text_table(const std::vector<verdict>& of, bool leave_out_skipped) {
  std::vector<row> rows{head};
  for (const verdict& it : of)
    if (!leave_out_skipped || it.how != standing::skipped) rows.push_back(cells(it, it.of->name));
  std::array<std::size_t, 6> width{};
  for (const row& it : rows)
    for (std::size_t i = 0; i < it.size(); ++i) width[i] = std::max(width[i], it[i].size());
  std::string out;
  for (const row& it : rows) {
    std::string line;
    for (std::size_t i = 0; i < it.size(); ++i) line += it[i] + std::string(width[i] - it[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string page(const std::vector<verdict>& of, const facts& machine) {
  std::string out =
      "# Benchmarks\n\n"
      "Written by `scripts/bench`. Each measure runs in turn with what it is held against, several rounds in the same\n"
      "minutes on the same machine: compare the ratios; the rates are this machine's. Everything is durable when it "
      "is\n"
      "answered, orders are decided by the real rules, and callers are in the node's process unless it says "
      "otherwise.\n\n";
  for (const auto& [name, value] : machine) out += "- " + name + ": " + value + "\n";
  out += "\n| measure | Stele | bare | ratio (min, median, max) | goal | |\n|---|---|---|---|---|---|\n";
  for (const verdict& it : of) {
    const row line = cells(it, "`" + it.of->name + "`");
    for (const auto& cell : line) out += "| " + cell + (cell.empty() ? "" : " ");
    out += "|\n";
  }
  out += "\n## What is measured\n\n| measure | what | held against |\n|---|---|---|\n";
  for (const measure& it : catalogue())
    out += "| `" + it.name + "` | " + it.what + " | " + (it.beside.empty() ? "its goal" : it.beside) + " |\n";
  return out;
}

} // namespace bench
