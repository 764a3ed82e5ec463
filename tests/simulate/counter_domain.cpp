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

table_schema events_of(const std::string& name) {
  table_schema made;
  made.name = name;
  made.columns = {{"id", column_type::text, false},
                  {"events", column_type::integer, false},
                  {"digest", column_type::integer, false}};
  return made;
}

view_definition definition_of(const std::string& name, std::uint32_t release) {
  view_definition made;
  made.schema = events_of(name);
  made.aggregate = "counter";
  made.version = release;
  return made;
}

/// Rows `{id, events, digest}`: an event folded twice, left out or in another order shows in the digest, and each
/// release makes another one.
row_values fold_one(std::string_view key, std::optional<row_values> row, std::uint64_t mark, std::uint32_t release) {
  if (!row) row = row_values{std::string(key), std::int64_t{0}, std::int64_t{0}};
  std::get<std::int64_t>((*row)[1]) += 1;
  auto& digest = std::get<std::int64_t>((*row)[2]);
  digest = (digest * 31 + static_cast<std::int64_t>(mark * release)) % 1'000'000'007;
  return std::move(*row);
}

class counter_view final : public view_type {
public:
  explicit counter_view(std::uint32_t release) : definition_(definition_of("counters", release)) {}

  const view_definition& definition() const override { return definition_; }

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    for (const recorded_event* event : events) row = fold_one(key, std::move(row), event->version, definition_.version);
    return row;
  }

private:
  const view_definition definition_;
};

/// Counters in groups. The first event of a counter names its group, by its amount; of amount 2: none. Amounts of -1
/// are of a group of their own, and later ones of 2 concern nobody.
class group_view final : public view_type, public event_keys {
public:
  explicit group_view(std::uint32_t release) : definition_(definition_of("groups", release)) {}

  const view_definition& definition() const override { return definition_; }
  const event_keys* keys() const override { return this; }

  bool wants(const recorded_event& event) const override { return event.version == 1 || event.payload != "2"; }
  bool names(const recorded_event& event) const override { return event.version == 1 || event.payload == "-1"; }
  stored<std::optional<std::string>> key_in(const recorded_event& event) const override {
    return event.payload == "2" ? std::optional<std::string>() : std::optional("of " + event.payload);
  }

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    for (const recorded_event* event : events)
      row = fold_one(key, std::move(row), event->shard * 1000 + event->position, definition_.version);
    return row;
  }

private:
  const view_definition definition_;
};

std::vector<std::shared_ptr<const view_type>> views_of(std::uint32_t release) {
  return {std::make_shared<counter_view>(release), std::make_shared<group_view>(release)};
}

} // namespace

const domain& counter_domain() {
  static const domain all{{{std::make_shared<kit::counter_type>()}, views_of(1), {}}, next_of_a_counter, views_of, {}};
  return all;
}

} // namespace stele::simulated
