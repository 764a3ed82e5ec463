#include "app/admin/event_check.hpp"

#include <gtest/gtest.h>

namespace stele::admin {
namespace {

// Events of one shard, each with its own id and command, in order and without gaps.
class shard_log {
public:
  recorded_event& add(const std::string& stream_id, std::uint32_t part = 1, std::uint32_t parts = 1) {
    recorded_event it;
    it.global_position = it.position = events_.size() + 1;
    it.stream_id = stream_id;
    it.version = ++versions_[stream_id];
    it.event_id = hash_to_uuid("event " + std::to_string(it.position));
    it.command_id = part == 1 ? hash_to_uuid("command " + std::to_string(it.position)) : events_.back().command_id;
    it.part = part;
    it.parts = parts;
    it.type = "order_created";
    return events_.emplace_back(std::move(it));
  }

  recorded_event& operator[](std::size_t at) { return events_[at]; }

  // The kinds found in a store of one shard, so that every stream is where it belongs.
  std::string kinds(std::uint32_t shards = 1) {
    findings found;
    event_check check(0, shards, found);
    for (const auto& it : events_) check.take(it);
    check.end();
    std::string all;
    for (const auto& it : found.all()) all += (all.empty() ? "" : " ") + it.kind;
    first_ = found.none() ? "" : found.all().front().first;
    return all;
  }

  const std::string& first() const { return first_; }

private:
  std::vector<recorded_event> events_;
  std::unordered_map<std::string, stream_version> versions_;
  std::string first_;
};

shard_log three_events() {
  shard_log log;
  log.add("order-1");
  log.add("order-2");
  log.add("order-1");
  return log;
}

TEST(event_check, a_log_as_it_must_be_has_no_findings) {
  auto log = three_events();
  log.add("order-2", 1, 2);
  log.add("order-2", 2, 2);
  EXPECT_EQ(log.kinds(), "") << log.first();
}

TEST(event_check, a_skipped_position_is_named) {
  auto log = three_events();
  log[2].position = 4;
  EXPECT_EQ(log.kinds(), "position_gap");
  EXPECT_EQ(log.first(), "shard 0: wanted position 3, found 4 (event order_created, stream order-1 version 2, shard 0 "
                         "position 4)");
}

TEST(event_check, a_skipped_version_is_named) {
  auto log = three_events();
  log[2].version = 3;
  EXPECT_EQ(log.kinds(), "version_gap");
  EXPECT_EQ(log.first().rfind("stream order-1: wanted version 2, found 3", 0), 0u) << log.first();
}

TEST(event_check, a_version_that_comes_again_is_named) {
  auto log = three_events();
  log[2].version = 1;
  EXPECT_EQ(log.kinds(), "version_gap");
}

TEST(event_check, an_order_of_everything_that_contradicts_the_shard_is_named) {
  auto log = three_events();
  log[2].global_position = 1;
  EXPECT_EQ(log.kinds(), "global_order");
}

TEST(event_check, a_stream_in_a_shard_that_is_not_its_own_is_named) {
  shard_log log;
  for (int i = 0; i < 20; ++i) log.add("order-" + std::to_string(i));
  EXPECT_EQ(log.kinds(64), "wrong_shard");
}

TEST(event_check, an_event_id_that_comes_again_is_named) {
  auto log = three_events();
  log[2].event_id = log[0].event_id;
  EXPECT_EQ(log.kinds(), "event_id_twice");
}

TEST(event_check, a_command_that_took_effect_twice_is_named) {
  auto log = three_events();
  log[2].command_id = log[0].command_id;
  EXPECT_EQ(log.kinds(), "command_twice");
}

TEST(event_check, the_same_command_id_in_another_stream_is_another_command) {
  auto log = three_events();
  log[1].command_id = log[0].command_id;
  EXPECT_EQ(log.kinds(), "");
}

TEST(event_check, a_command_whose_events_are_torn_apart_is_named) {
  shard_log log;
  log.add("order-1", 1, 2);
  log.add("order-2");
  EXPECT_EQ(log.kinds(), "command_torn");
  EXPECT_NE(log.first().find("after part 1 of 2 at position 1 of shard 0 its next part is missing"), std::string::npos)
      << log.first();
}

TEST(event_check, a_command_that_is_cut_off_at_the_end_is_named) {
  shard_log log;
  log.add("order-1", 1, 3);
  log.add("order-1", 2, 3);
  EXPECT_EQ(log.kinds(), "command_torn");
}

TEST(event_check, a_part_without_its_beginning_is_named) {
  auto log = three_events();
  log[2].part = 2;
  log[2].parts = 2;
  EXPECT_EQ(log.kinds(), "command_torn");
}

TEST(event_check, parts_that_disagree_on_their_number_are_named) {
  shard_log log;
  log.add("order-1", 1, 3);
  log.add("order-1", 2, 2);
  EXPECT_EQ(log.kinds(), "command_torn");
}

} // namespace
} // namespace stele::admin
