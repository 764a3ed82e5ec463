#include "app/check/history.hpp"

namespace stele::check {

namespace {

template <class Numbers, class Names, class Name>
auto number_of(Numbers& numbers, Names& names, const Name& name) {
  using number = typename Numbers::mapped_type;
  const auto [it, added] = numbers.try_emplace(name, static_cast<number>(names.size()));
  if (added) names.push_back(name);
  return it->second;
}

} // namespace

std::uint32_t history::stream(const std::string& name) { return number_of(stream_numbers, streams, name); }
std::uint16_t history::word(const std::string& text) { return number_of(word_numbers, words, text); }
std::uint32_t history::customer(std::uint64_t hash) { return number_of(customer_numbers, customers, hash); }

std::uint32_t history::command(const uuid& key, std::uint32_t stream) {
  const auto [first, last] = command_numbers.equal_range(key);
  for (auto it = first; it != last; ++it)
    if (commands[it->second].stream == stream) return it->second;
  commands.push_back({key, stream, nothing, nothing});
  const auto number = static_cast<std::uint32_t>(commands.size() - 1);
  command_numbers.emplace(key, number);
  return number;
}

void history::index() {
  commands_of = grouping(commands.size(), streams.size(), [this](std::size_t i) { return commands[i].stream; });
  rows_of = grouping(rows.size(), streams.size(), [this](std::size_t i) { return rows[i].stream; });
}

std::string name_of(const history& told, const operation& it) {
  return "client " + std::to_string(it.client) + ", operation " + std::to_string(it.number) + " (line " +
         std::to_string(it.line) + ", " + told.words[it.kind] + ")";
}

} // namespace stele::check
