// A view with a key of its own beside the boxes of a simulated read side: shelves, on which boxes lie.
#pragma once

#include "tests/kit/read_kit.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace stele::kit {

/// Rows `{id, count, digest}`; the digest depends on the order of all events of a shelf, whichever box they are of.
///
/// The payload of an event says what it is: `to A` and `also A` name shelf A, `nowhere` names none, `unkeyed` can't
/// tell its key, `spoilt` can't be folded, `shelf bomb` and `key bomb` throw, `unseen` doesn't concern the view.
/// Anything else belongs to the shelf that the first event of its box names.
class shelf_view final : public view_type, public event_keys {
public:
  explicit shelf_view(std::uint32_t version = 1) {
    definition_.schema.name = "shelves";
    definition_.schema.columns = {{"id", column_type::text, false},
                                  {"count", column_type::integer, false},
                                  {"digest", column_type::integer, false}};
    definition_.aggregate = "box";
    definition_.version = version;
    definition_.description_hash = 70 + version;
  }

  bool mended = false; ///< What was wrong with events is so no more.

  const view_definition& definition() const override { return definition_; }
  const event_keys* keys() const override { return this; }

  bool wants(const recorded_event& event) const override {
    return aggregate_of(event.stream_id) == "box" && event.payload != "unseen";
  }
  bool names(const recorded_event& event) const override {
    const std::string& what = event.payload;
    return aggregate_of(event.stream_id) == "box" &&
           (what.starts_with("to ") || what.starts_with("also ") || what == "nowhere" || what == "key bomb");
  }
  stored<std::optional<std::string>> key_in(const recorded_event& event) const override {
    if (event.payload == "key bomb") {
      if (!mended) throw std::runtime_error("a bomb in a key");
      return std::optional<std::string>("A");
    }
    if (event.payload == "nowhere") return std::optional<std::string>();
    if (!names(event)) return store_error{store_fault::corrupt, event.stream_id + " names no shelf"};
    return std::optional(event.payload.substr(event.payload.find(' ') + 1));
  }

  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    for (const auto* event : events) {
      if (event->payload == "spoilt" && !mended) return store_error{store_fault::corrupt, "spoilt"};
      if (event->payload == "shelf bomb" && !mended) throw std::runtime_error("bomb");
      if (!row) row = row_values{std::string(key), std::int64_t{0}, std::int64_t{0}};
      std::get<std::int64_t>((*row)[1]) += 1;
      auto& digest = std::get<std::int64_t>((*row)[2]);
      digest = (digest * 31 + static_cast<std::int64_t>(event->shard * 1000 + event->position)) % 1'000'000'007;
    }
    return row;
  }

private:
  view_definition definition_;
};

/// A read world with shelves.
class keyed_world : public read_world {
public:
  explicit keyed_world(std::uint64_t seed) : read_world(seed), shelves(std::make_shared<shelf_view>()) {
    more_views = {shelves};
  }

  std::shared_ptr<shelf_view> shelves;

  view_report shelf_report() { return report(1); }

  query_ptr shelf(const std::string& id, token after = {}, std::int64_t timeout_ms = 5000) {
    auto it = look_up(id, std::move(after), timeout_ms);
    it->view = "shelves";
    return it;
  }

  /// Each shelf after the first `events` of the log, made without the code under test.
  std::map<std::string, row_values> fold_of(std::size_t events) const {
    std::map<std::string, row_values> rows;
    std::map<std::string, std::string> shelf_of;
    shelf_view healthy;
    healthy.mended = true;
    for (std::size_t i = 0; i < events; ++i) {
      const auto& event = everything[i];
      const bool named = event.payload.starts_with("to ") || event.payload.starts_with("also ");
      const auto own = named ? event.payload.substr(event.payload.find(' ') + 1) : "";
      if (event.version == 1) shelf_of[event.stream_id] = own;
      const auto key = named ? own : shelf_of[event.stream_id];
      if (!healthy.wants(event) || key.empty()) continue;
      const recorded_event* one[] = {&event};
      const auto before = rows.find(key);
      rows[key] = **healthy.fold(key, before == rows.end() ? std::nullopt : std::optional(before->second), one);
    }
    return rows;
  }

  /// Why the shelves in the store are not the fold of the whole log; empty: they are.
  std::string shelf_difference() {
    std::string found;
    view_status status;
    rows_on_disk().open_view(shelves->definition(), [&](auto answer) { status = *answer; });
    const auto wanted = fold_of(everything.size());
    for (const auto& [id, row] : wanted)
      rows_on_disk().read({"shelves", status.serving}, {id}, [&, id = id, row = row](auto rows) {
        if (rows->rows[0] != row) found += "shelf " + id + " is not the fold of its events; ";
      });
    rows_on_disk().table_checksum({"shelves", status.serving}, [&](auto sum) {
      if (sum->rows != wanted.size()) found += std::to_string(sum->rows) + " rows; ";
    });
    return found;
  }

  /// True when the row is what some beginning of the log gives, and that holds at least the first `events`.
  bool is_a_beginning(const std::string& id, const std::optional<row_values>& row, std::size_t events) const {
    for (std::size_t i = events; i <= everything.size(); ++i) {
      const auto rows = fold_of(i);
      const auto found = rows.find(id);
      if (found == rows.end() ? !row : row == found->second) return true;
    }
    return false;
  }
};

} // namespace stele::kit
