#include "persistence/codec.hpp"

namespace stele {

std::string to_string(const json_problem& problem) {
  return problem.pointer.empty() ? problem.message : problem.pointer + ": " + problem.message;
}

} // namespace stele
