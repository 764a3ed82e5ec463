// What a check says at its end, for people and for programs.
#pragma once

#include "app/check/verdicts.hpp"

#include <string>

namespace stele::check {

struct report {
  const verdicts& what;
  std::string history, store;
  std::uint32_t cut_line = 0; ///< Of the history, left out; 0: none.
  double seconds = 0;
};

std::string to_text(const report& it);
std::string to_json(const report& it);

} // namespace stele::check
