// Any text where JSON or a token is wanted: what is read and written again reads as the same.
#include "actors/token.hpp"
#include "persistence/json_document.hpp"

#include <cstdlib>

namespace {

void check_json(std::string_view text) {
  stele::json_document first;
  if (first.read(text)) return;
  std::string once, twice;
  append_json(once, first.root(), true);
  stele::json_document second;
  if (second.read(once)) std::abort();
  append_json(twice, second.root(), true);
  if (once != twice) std::abort();
}

void check_token(std::string_view text) {
  const auto it = stele::parse_token(text);
  if (it && stele::parse_token(stele::to_text(*it)) != it) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_json(text);
  check_token(text);
  return 0;
}
