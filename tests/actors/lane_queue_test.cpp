// What a lane has yet to write, without the lane.
#include "actors/lane_queue.hpp"
#include "tests/kit/counter.hpp"

#include <gtest/gtest.h>

using namespace stele;

namespace {

const kit::counter_type counters;

live_stream_ptr stream(const std::string& id, shard_number shard) {
  return live_stream_ptr(new live_stream(id, shard, counters));
}

submission_ptr decision(const live_stream_ptr& of, std::uint32_t events, std::size_t bytes = 10) {
  submission_ptr it(new submission);
  it->stream = of;
  it->stores = events;
  it->bytes = bytes;
  it->events.resize(events);
  for (recorded_event& event : it->events) event.shard = of->shard;
  return it;
}

std::vector<shard_position> positions(const lane_batch& of) {
  std::vector<shard_position> found;
  if (of.events)
    for (const recorded_event& it : *of.events) found.push_back(it.position);
  return found;
}

using list = std::vector<shard_position>;

class lane_queue_of_two_shards : public testing::Test {
protected:
  actor_settings settings_;
  live_stream_ptr one_ = stream("counter-1", 0), two_ = stream("counter-2", 0), far_ = stream("counter-3", 1);
};

} // namespace

TEST_F(lane_queue_of_two_shards, events_get_the_positions_behind_all_that_came_before) {
  lane_queue queue(settings_, 2);
  queue.begin_at({7, 3});
  for (const auto& it : {one_, far_, two_}) queue.push(decision(it, 2));
  queue.push(decision(one_, 0));
  const auto batch = queue.pop();
  EXPECT_EQ(positions(batch), (list{8, 9, 4, 5, 10, 11}));
  EXPECT_EQ(batch.submissions.size(), 4u);
  EXPECT_EQ(batch.submissions[2]->position, 11u);
  EXPECT_TRUE(queue.empty());
}

TEST_F(lane_queue_of_two_shards, a_batch_holds_no_more_than_it_may_but_one_decision_is_never_divided) {
  settings_.batch_events_max = 3;
  settings_.batch_bytes_max = 100;
  lane_queue queue(settings_, 2);
  for (const std::uint32_t events : {2u, 2u, 5u, 1u, 1u}) queue.push(decision(one_, events));
  queue.push(decision(one_, 1, 90));
  std::vector<list> batches;
  while (!queue.empty()) batches.push_back(positions(queue.pop()));
  EXPECT_EQ(batches, (std::vector<list>{{1, 2}, {3, 4}, {5, 6, 7, 8, 9}, {10, 11}, {12}}));
}

TEST_F(lane_queue_of_two_shards, after_a_loss_what_does_not_depend_on_it_takes_its_places) {
  lane_queue queue(settings_, 2);
  queue.push(decision(one_, 1));
  const auto lost = queue.pop();
  for (const auto& it : {one_, two_, far_}) queue.push(decision(it, 2));
  one_->lost_generation = 1;
  queue.lose(lost);
  const auto batch = queue.pop();
  EXPECT_EQ(positions(batch), (list{1, 2, 1, 2}));
  EXPECT_EQ(batch.submissions.front()->stream, two_);
  EXPECT_TRUE(queue.empty());
}

TEST_F(lane_queue_of_two_shards, what_waited_for_the_heads_gets_its_places_when_they_are_known) {
  lane_queue queue(settings_, 2);
  queue.push(decision(one_, 2));
  queue.begin_at({5, 0});
  EXPECT_EQ(positions(queue.pop()), (list{6, 7}));
}

TEST_F(lane_queue_of_two_shards, a_shard_that_never_left_goes_on_behind_its_own_events) {
  lane_queue queue(settings_, 2);
  queue.push(decision(one_, 2));
  const auto out = queue.pop();
  queue.begin_at(0, 0); // As it was read before that batch was written.
  queue.begin_at(1, 9);
  queue.push(decision(one_, 1));
  queue.push(decision(far_, 1));
  EXPECT_EQ(positions(queue.pop()), (list{3, 10}));
}
