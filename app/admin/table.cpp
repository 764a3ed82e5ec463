#include "app/admin/table.hpp"

#include "app/logging.hpp"

#include <algorithm>

namespace stele::admin {

namespace {

// Characters, not bytes, of UTF-8.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

bool is_number(std::string_view text) {
  return text == "-" || (!text.empty() && text.find_first_not_of("0123456789.,%-") == std::string_view::npos);
}

using cells = std::vector<std::string>;

bool is_number_column(const std::vector<cells>& rows, std::size_t column) {
  return rows.size() > 1 && std::all_of(rows.begin() + 1, rows.end(), [column](const cells& row) {
           return column >= row.size() || is_number(row[column]);
         });
}

std::size_t column_width(const std::vector<cells>& rows, std::size_t column) {
  std::size_t width = 0;
  for (const auto& row : rows)
    if (column < row.size()) width = std::max(width, width_of(row[column]));
  return width;
}

} // namespace

std::string table(const std::vector<cells>& rows) {
  auto shown = rows;
  for (auto& row : shown)
    for (auto& cell : row) cell = escape_control_characters(cell);
  std::string text;
  for (const auto& row : shown) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string gap(column_width(shown, column) - width_of(row[column]), ' ');
      line += (column == 0 ? "" : "  ") + (is_number_column(shown, column) ? gap + row[column] : row[column] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string grouped(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

} // namespace stele::admin
