// The contract of stores: one suite that every implementation passes.
//
// The tests are in tests/persistence/contract_*.cpp. A store joins by one line in a file of its own:
//   INSTANTIATE_TEST_SUITE_P(sqlite, store_contract, ::testing::Values(&make_sqlite_place));
#pragma once

#include "persistence/store.hpp"
#include "tests/kit/ask.hpp"
#include "tests/kit/events.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace stele::kit {

/// Where a store's data live: outlasts the store.
class store_place {
public:
  virtual ~store_place() = default;

  /// Opens the store, made at the first call. At most one is open at a time.
  virtual std::unique_ptr<store> open() = 0;
};

using place_maker = std::unique_ptr<store_place> (*)();

/// A fresh place with an open store, and the questions of the ports as plain calls.
class store_contract : public ::testing::TestWithParam<place_maker> {
protected:
  store_contract() : place_(GetParam()()), store_(place_->open()), events(store_->events().identity().shards) {}

  /// Closes the store and opens it again, as a restart does.
  void reopen() {
    store_.reset();
    store_ = place_->open();
  }

  stored<done> append(event_batch batch) {
    return ask<done>([&](auto reply) { log().append(0, batch, reply); });
  }
  stored<bool> resolve(event_batch batch) {
    return ask<bool>([&](auto reply) { log().resolve(0, batch, reply); });
  }
  std::vector<recorded_event> read_stream(const std::string& id, stream_version after = 0, std::size_t limit = 1000) {
    return *ask<std::vector<recorded_event>>([&](auto reply) { log().read_stream(id, after, limit, reply); });
  }
  std::vector<recorded_event> read_shard(shard_number shard, shard_position after = 0, std::size_t limit = 1000) {
    return *ask<std::vector<recorded_event>>([&](auto reply) { log().read_shard(shard, after, limit, reply); });
  }
  std::vector<recorded_event> read_all(std::uint64_t after = 0, std::size_t limit = 1000) {
    return *ask<std::vector<recorded_event>>([&](auto reply) { log().read_all(after, limit, reply); });
  }
  recovered_stream recover(const std::string& id, std::size_t limit = 1000) {
    return *ask<recovered_stream>([&](auto reply) { log().recover(id, limit, reply); });
  }
  std::vector<recorded_event> find_command(const std::string& id, const uuid& command) {
    return *ask<std::vector<recorded_event>>([&](auto reply) { log().find_command(id, command, reply); });
  }
  std::vector<shard_position> heads() {
    return *ask<std::vector<shard_position>>([&](auto reply) { log().heads(reply); });
  }
  void save(const snapshot& it) {
    ASSERT_TRUE(ask<done>([&](auto reply) { store_->snapshots().save_snapshot(it, reply); }));
  }
  std::vector<snapshot> read_snapshots(const std::string& after, std::size_t limit) {
    return *ask<std::vector<snapshot>>([&](auto reply) { store_->snapshots().read_snapshots(after, limit, reply); });
  }

  stored<view_status> open_view(const view_definition& view) {
    return ask<view_status>([&](auto reply) { views().open_view(view, reply); });
  }
  stored<std::vector<shard_number>> write(const view_write& what) {
    return ask<std::vector<shard_number>>([&](auto reply) { views().write(what, reply); });
  }
  stored<read_rows> read(const view_table& table, const std::vector<std::string>& keys) {
    return ask<read_rows>([&](auto reply) { views().read(table, keys, reply); });
  }
  stored<selected_rows> select(const view_table& table, const row_selection& what) {
    return ask<selected_rows>([&](auto reply) { views().select(table, what, reply); });
  }
  stored<std::vector<shard_position>> checkpoints(const view_table& table) {
    return ask<std::vector<shard_position>>([&](auto reply) { views().checkpoints(table, reply); });
  }
  stored<std::uint32_t> begin_rebuild(const view_table& serving) {
    return ask<std::uint32_t>([&](auto reply) { views().begin_rebuild(serving, reply); });
  }
  stored<done> finish_rebuild(const view_table& next) {
    return ask<done>([&](auto reply) { views().finish_rebuild(next, reply); });
  }
  stored<done> cancel_rebuild(const view_table& next) {
    return ask<done>([&](auto reply) { views().cancel_rebuild(next, reply); });
  }
  stored<view_store::checksum> checksum(const view_table& table) {
    return ask<view_store::checksum>([&](auto reply) { views().table_checksum(table, reply); });
  }

  event_store& log() { return store_->events(); }
  view_store& views() { return store_->views(); }

  std::unique_ptr<store_place> place_;
  std::unique_ptr<store> store_;
  event_maker events;
};

/// Holds when `result` failed with this fault and a sentence.
template <class T>
::testing::AssertionResult failed_with(const stored<T>& result, store_fault fault) {
  if (result) return ::testing::AssertionFailure() << "it was done";
  if (result.error().what.empty()) return ::testing::AssertionFailure() << "the error has no sentence";
  if (result.error().fault == fault) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "another fault: " << result.error().what;
}

} // namespace stele::kit
