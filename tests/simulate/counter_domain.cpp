#include "tests/simulate/counter_domain.hpp"

#include "tests/kit/counter.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stele::simulated {

namespace {

wanted next_of_a_counter(dice& choice, std::uint32_t streams) {
  static const std::vector<std::pair<std::string, std::string>> kinds = {{"add", "1"},  {"add", "1"},  {"add", "2"},
                                                                         {"add", "-1"}, {"add", "-2"}, {"add", "0"},
                                                                         {"add", "0"},  {"split", "3"}};
  const auto& [type, body] = kinds[choice.below(kinds.size())];
  return {"counter-" + std::to_string(1 + choice.below(streams)), type, body};
}

/// Rows `{id, events, digest}`: an event folded twice, left out or in another order shows in the digest.
class counter_view final : public view_type {
public:
  counter_view() {
    definition_.schema.name = "counters";
    definition_.schema.columns = {{"id", column_type::text, false},
                                  {"events", column_type::integer, false},
                                  {"digest", column_type::integer, false}};
    definition_.aggregate = "counter";
  }

  const view_definition& definition() const override { return definition_; }

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    for (const recorded_event* event : events) {
      if (!row) row = row_values{std::string(key), std::int64_t{0}, std::int64_t{0}};
      std::get<std::int64_t>((*row)[1]) += 1;
      auto& digest = std::get<std::int64_t>((*row)[2]);
      digest = (digest * 31 + static_cast<std::int64_t>(event->version)) % 1'000'000'007;
    }
    return row;
  }

private:
  view_definition definition_;
};

} // namespace

const domain& counter_domain() {
  static const domain all{
      {{std::make_shared<kit::counter_type>()}, {std::make_shared<counter_view>()}, {}}, next_of_a_counter, {}};
  return all;
}

} // namespace stele::simulated
