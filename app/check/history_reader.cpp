#include "app/check/history_reader.hpp"

#include "app/check/history_line.hpp"

namespace stele::check {

std::optional<std::string> read_history(std::istream& in, history& to,
                                        const std::function<void(std::uint64_t)>& progress) {
  constexpr std::uint64_t shown_each = 10'000;
  history_line line(to);
  std::uint32_t number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    if (const auto why = line.read(text, number)) {
      if (!in.eof()) return "line " + std::to_string(number) + ": " + *why;
      to.cut_line = number;
    }
    if (progress && number % shown_each == 0) progress(number);
  }
  if (in.bad()) return "after line " + std::to_string(number) + " nothing more can be read";
  to.index();
  return std::nullopt;
}

} // namespace stele::check
