#include "tests/kit/store_contract.hpp"

#include <random>

namespace stele::kit {

namespace {

std::vector<stream_version> versions_of(const std::vector<recorded_event>& events) {
  std::vector<stream_version> versions;
  for (const recorded_event& it : events) versions.push_back(it.version);
  return versions;
}

using versions = std::vector<stream_version>;

} // namespace

TEST_P(store_contract, many_commands_of_many_streams_are_one_batch) {
  const auto batch = events.batch({"order-1", "order-2", "order-1", "account-9", "order-1"});
  ASSERT_TRUE(append(batch));
  EXPECT_EQ(versions_of(read_stream("order-1")), (versions{1, 2, 3}));
  EXPECT_EQ(versions_of(read_stream("order-2")), versions{1});
  EXPECT_EQ(versions_of(read_stream("account-9")), versions{1});
  const auto all = read_all();
  ASSERT_EQ(all.size(), batch->size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].event_id, (*batch)[i].event_id);
}

TEST_P(store_contract, an_event_comes_back_as_it_was_written) {
  recorded_event it = events.next("order-1");
  it.part = 2;
  it.parts = 3;
  it.type = "order_item_added";
  it.type_version = 7;
  it.payload = std::string("{\"a\":\"\\u0000 '; DROP TABLE events; -- \xF0\x9F\x8E\xBB\"}") + std::string(300'000, ' ');
  it.metadata = "{\"who\":\"me\"}";
  it.recorded_at = -5;
  ASSERT_TRUE(append(batch_of({it})));
  const auto back = read_stream("order-1").at(0);
  EXPECT_GT(back.global_position, 0u);
  EXPECT_EQ(back.shard, it.shard);
  EXPECT_EQ(back.position, it.position);
  EXPECT_EQ(back.stream_id, it.stream_id);
  EXPECT_EQ(back.version, it.version);
  EXPECT_EQ(back.event_id, it.event_id);
  EXPECT_EQ(back.command_id, it.command_id);
  EXPECT_EQ(back.command_digest, it.command_digest);
  EXPECT_EQ(back.part, it.part);
  EXPECT_EQ(back.parts, it.parts);
  EXPECT_EQ(back.type, it.type);
  EXPECT_EQ(back.type_version, it.type_version);
  EXPECT_EQ(back.payload, it.payload);
  EXPECT_EQ(back.metadata, it.metadata);
  EXPECT_EQ(back.recorded_at, it.recorded_at);
}

TEST_P(store_contract, one_taken_version_and_nothing_of_the_batch_is_written) {
  ASSERT_TRUE(append(events.batch({"order-1", "order-2"})));
  event_maker mine = events;
  auto fine = mine.next("order-3"), taken = mine.next("order-2");
  taken.version = 1;
  EXPECT_TRUE(failed_with(append(batch_of({fine, taken})), store_fault::conflict));
  EXPECT_EQ(read_all().size(), 2u);
  EXPECT_TRUE(append(events.batch({"order-3", "order-2"}))) << "the positions are free still";
}

TEST_P(store_contract, a_first_version_that_is_taken_is_a_conflict) {
  ASSERT_TRUE(append(events.batch({"order-1"})));
  auto again = events.next("order-1");
  again.version = 1;
  EXPECT_TRUE(failed_with(append(batch_of({again})), store_fault::conflict));
  EXPECT_EQ(read_all().size(), 1u);
}

TEST_P(store_contract, a_version_that_leaves_a_gap_is_a_conflict) {
  ASSERT_TRUE(append(events.batch({"order-1"})));
  event_maker mine = events;
  auto late = mine.next("order-1");
  late.version = 3;
  EXPECT_TRUE(failed_with(append(batch_of({late})), store_fault::conflict));
  mine = events;
  auto first = mine.next("order-new");
  first.version = 2;
  EXPECT_TRUE(failed_with(append(batch_of({first})), store_fault::conflict));
  mine = events;
  auto two = mine.next("order-1"), four = mine.next("order-1");
  four.version = 4;
  EXPECT_TRUE(failed_with(append(batch_of({two, four})), store_fault::conflict));
  EXPECT_EQ(read_all().size(), 1u);
}

TEST_P(store_contract, a_position_that_is_taken_or_leaves_a_gap_is_a_conflict) {
  ASSERT_TRUE(append(events.batch({"order-1"})));
  auto next = events.next("order-1");
  for (shard_position wrong : {next.position - 1, next.position + 1, shard_position{0}}) {
    auto it = next;
    it.position = wrong;
    EXPECT_TRUE(failed_with(append(batch_of({it})), store_fault::conflict)) << wrong;
  }
  EXPECT_TRUE(append(batch_of({next})));
}

TEST_P(store_contract, a_batch_that_is_none_is_refused) {
  EXPECT_TRUE(failed_with(append(batch_of({})), store_fault::refused));
  EXPECT_TRUE(failed_with(append(nullptr), store_fault::refused));
  auto elsewhere = events.next("order-1");
  elsewhere.shard = (elsewhere.shard + 1) % log().identity().shards;
  elsewhere.position = 1;
  EXPECT_TRUE(failed_with(append(batch_of({elsewhere})), store_fault::refused));
  EXPECT_TRUE(read_all().empty());
}

TEST_P(store_contract, positions_of_a_shard_have_no_gaps_and_go_by_commit) {
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::string> streams;
    for (unsigned i = 0; i < 1 + random() % 40; ++i) streams.push_back("order-" + std::to_string(random() % 50));
    ASSERT_TRUE(append(events.batch(streams)));
  }
  std::size_t found = 0;
  for (shard_number shard = 0; shard < log().identity().shards; ++shard) {
    shard_position last = 0;
    std::uint64_t last_global = 0;
    for (const recorded_event& it : read_shard(shard)) {
      EXPECT_EQ(it.position, ++last);
      EXPECT_GT(it.global_position, last_global);
      EXPECT_EQ(it.shard, shard);
      last_global = it.global_position;
      ++found;
    }
    EXPECT_EQ(last, events.heads()[shard]);
  }
  EXPECT_EQ(found, read_all(0, 10'000).size());
  EXPECT_EQ(heads(), events.heads());
}

TEST_P(store_contract, opened_shards_answer_where_they_end_in_the_order_asked) {
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(append(events.batch({"order-" + std::to_string(i % 20)})));
  const auto open = [&](std::vector<shard_number> shards) {
    return ask<std::vector<shard_position>>([&](auto reply) { log().open_shards(shards, reply); });
  };
  const auto last = shard_of("order-1", 64);
  EXPECT_EQ(*open({last, 2, last}), (std::vector{events.heads()[last], events.heads()[2], events.heads()[last]}));
  EXPECT_EQ(*open({}), std::vector<shard_position>{});
  EXPECT_TRUE(failed_with(open({1, log().identity().shards}), store_fault::refused));
  EXPECT_TRUE(append(events.batch({"order-1"}))) << "and appends go on";
}

TEST_P(store_contract, reads_go_on_after_a_place_and_stop_at_a_limit) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(events.batch({"order-1", "order-2"})));
  EXPECT_EQ(versions_of(read_stream("order-1", 3, 4)), (versions{4, 5, 6, 7}));
  EXPECT_EQ(versions_of(read_stream("order-1", 9, 4)), versions{10});
  EXPECT_TRUE(read_stream("order-1", 10, 4).empty());
  EXPECT_TRUE(read_stream("order-unknown").empty());
  const auto first = read_all(0, 7);
  ASSERT_EQ(first.size(), 7u);
  const auto rest = read_all(first.back().global_position, 100);
  EXPECT_EQ(rest.size(), 13u);
  EXPECT_GT(rest.front().global_position, first.back().global_position);
  EXPECT_TRUE(read_all(UINT64_MAX, 100).empty());
  const auto shard = first[0].shard;
  EXPECT_EQ(read_shard(shard, 1, 2).at(0).position, 2u);
  EXPECT_EQ(read_shard(shard, 1, 2).size(), 2u);
}

TEST_P(store_contract, an_unknown_stream_recovers_to_nothing) {
  const auto found = recover("order-nobody");
  EXPECT_FALSE(found.base);
  EXPECT_TRUE(found.tail.empty());
  EXPECT_FALSE(found.more);
}

TEST_P(store_contract, a_stream_recovers_from_its_snapshot_and_the_events_after_it) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(events.batch({"order-1"})));
  EXPECT_EQ(versions_of(recover("order-1").tail), (versions{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  save({"order-1", 6, 6, 0xFFFFFFFFFFFFFFFF, "{\"s\":1}", "w\n1"});
  const auto found = recover("order-1");
  ASSERT_TRUE(found.base);
  EXPECT_EQ(found.base->version, 6u);
  EXPECT_EQ(found.base->position, 6u);
  EXPECT_EQ(found.base->description_hash, 0xFFFFFFFFFFFFFFFFu);
  EXPECT_EQ(found.base->state, "{\"s\":1}");
  EXPECT_EQ(found.base->window, "w\n1");
  EXPECT_EQ(versions_of(found.tail), (versions{7, 8, 9, 10}));
  EXPECT_FALSE(found.more);
}

TEST_P(store_contract, a_recovery_that_is_cut_says_so) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(append(events.batch({"order-1"})));
  EXPECT_TRUE(recover("order-1", 4).more);
  EXPECT_EQ(versions_of(recover("order-1", 4).tail), (versions{1, 2, 3, 4}));
  EXPECT_FALSE(recover("order-1", 5).more);
}

TEST_P(store_contract, a_command_is_found_by_its_id_in_its_stream) {
  auto one = events.next("order-1"), two = events.next("order-1"), other = events.next("order-1");
  two.command_id = one.command_id;
  one.parts = two.parts = two.part = 2;
  ASSERT_TRUE(append(batch_of({one, two, other})));
  EXPECT_EQ(versions_of(find_command("order-1", one.command_id)), (versions{1, 2}));
  EXPECT_EQ(versions_of(find_command("order-1", other.command_id)), versions{3});
  EXPECT_TRUE(find_command("order-2", one.command_id).empty());
  EXPECT_TRUE(find_command("order-1", one.event_id).empty());
}

TEST_P(store_contract, the_only_owner_passes_the_fence) {
  EXPECT_TRUE(ask<done>([&](auto reply) { log().fence(0, reply); }));
}

TEST_P(store_contract, an_unknown_append_is_found_or_is_not_and_never_will_be) {
  const auto written = events.batch({"order-1", "order-2"});
  ASSERT_TRUE(append(written));
  EXPECT_EQ(*resolve(written), true);
  event_maker mine = events;
  const auto lost = mine.batch({"order-1", "order-2"});
  EXPECT_EQ(*resolve(lost), false);
  const auto other = events.batch({"order-1", "order-2"});
  auto renamed = *other;
  for (recorded_event& it : renamed) it.event_id = hash_to_uuid(to_string(it.event_id));
  ASSERT_TRUE(append(batch_of(renamed)));
  EXPECT_EQ(*resolve(lost), false) << "somebody else's event stands at its place";
}

TEST_P(store_contract, a_store_opened_again_has_everything) {
  const auto history = log().identity().history;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(events.batch({"order-1", "order-" + std::to_string(i), "a-b-c"})));
  save({"order-1", 3, 3, 1, "{}", ""});
  const auto before = read_all();
  reopen();
  EXPECT_EQ(log().identity().history, history);
  EXPECT_EQ(heads(), events.heads());
  const auto after = read_all();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].event_id, before[i].event_id);
  EXPECT_TRUE(recover("order-1").base);
  EXPECT_TRUE(append(events.batch({"order-1", "order-new"})));
}

TEST_P(store_contract, the_newest_snapshot_stays) {
  save({"order-1", 5, 5, 1, "five", ""});
  save({"order-1", 4, 4, 1, "four", ""});
  EXPECT_EQ(recover("order-1").base->state, "five");
  save({"order-1", 5, 5, 2, "five anew", ""});
  EXPECT_EQ(recover("order-1").base->state, "five anew");
  save({"order-1", 6, 6, 1, "six", ""});
  EXPECT_EQ(recover("order-1").base->version, 6u);
  ASSERT_TRUE(ask<done>([&](auto reply) { store_->snapshots().drop_snapshot("order-1", reply); }));
  EXPECT_FALSE(recover("order-1").base);
}

TEST_P(store_contract, snapshots_are_read_by_stream_in_pages) {
  for (const char* id : {"order-b", "order-a", "order-B", "account-z"}) save({id, 1, 1, 1, id, ""});
  std::vector<std::string> found;
  for (std::string after;;) {
    const auto page = read_snapshots(after, 3);
    for (const snapshot& it : page) found.push_back(it.stream_id);
    if (page.empty()) break;
    after = page.back().stream_id;
  }
  EXPECT_EQ(found, (std::vector<std::string>{"account-z", "order-B", "order-a", "order-b"}));
}

} // namespace stele::kit
