#include "app/load/latency_histogram.hpp"
#include "app/load/mix.hpp"
#include "app/load/random.hpp"
#include "app/load/recorder.hpp"
#include "app/load/schedule.hpp"
#include "app/load/zipf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stele::load {
namespace {

TEST(latency_histogram, small_values_are_exact) {
  latency_histogram it;
  for (int i = 1; i <= 100; ++i) it.add(i);
  EXPECT_EQ(it.count(), 100u);
  EXPECT_EQ(it.quantile(0.5), 50);
  EXPECT_EQ(it.quantile(0.99), 99);
  EXPECT_EQ(it.quantile(1), 100);
  EXPECT_EQ(it.max(), 100);
  EXPECT_DOUBLE_EQ(it.mean(), 50.5);
}

TEST(latency_histogram, a_value_read_back_is_off_by_less_than_one_percent) {
  random_words random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(random.next() >> (22 + random.below(40)));
    latency_histogram it;
    it.add(value);
    it.add(std::int64_t{1} << 43); // So that the greatest does not stand in for the bucket.
    const auto back = it.quantile(0.5);
    EXPECT_GE(back, value);
    EXPECT_LE(static_cast<double>(back - value), static_cast<double>(value) * 0.008 + 0.5) << value;
  }
}

TEST(latency_histogram, quantiles_are_those_of_the_sorted_values) {
  random_words random(2);
  latency_histogram it;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 10'000; ++i) {
    all.push_back(static_cast<std::int64_t>(random.below(1'000'000'000)));
    it.add(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = static_cast<double>(all[static_cast<std::size_t>(std::ceil(share * 10'000)) - 1]);
    EXPECT_NEAR(static_cast<double>(it.quantile(share)), exact, exact * 0.008) << share;
  }
}

TEST(latency_histogram, what_is_beyond_its_range_counts_as_the_greatest) {
  latency_histogram it;
  it.add(-5);
  it.add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(it.quantile(0.5), 0);
  EXPECT_EQ(it.max(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(it.count(), 2u);
  EXPECT_EQ(latency_histogram().quantile(0.5), 0);
}

TEST(latency_histogram, sums_of_two_are_as_if_one_had_taken_all) {
  latency_histogram a, b, both;
  for (int i = 0; i < 1000; ++i) (i % 3 == 0 ? a : b).add(i * 1000), both.add(i * 1000);
  a.add(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.max(), both.max());
  for (const double share : {0.1, 0.5, 0.99}) EXPECT_EQ(a.quantile(share), both.quantile(share));
}

TEST(schedule, operations_are_due_at_even_distances_and_do_not_drift) {
  const schedule it(1'000, 4000);
  EXPECT_EQ(it.due(0), 1'000);
  EXPECT_EQ(it.due(1), 251'000);
  EXPECT_EQ(it.due(4'000 * 3600), 1'000 + 3600 * 1'000'000'000LL);
}

TEST(schedule, what_is_due_by_a_time_is_what_lies_not_after_it) {
  for (const double rate : {0.3, 1.0, 7.0, 3333.0, 99'999.0}) {
    const schedule it(500, rate);
    for (const std::uint64_t n : {0ULL, 1ULL, 2ULL, 17ULL, 12'345ULL}) {
      EXPECT_EQ(it.due_by(it.due(n)), n + 1) << rate;
      EXPECT_EQ(it.due_by(it.due(n) - 1), n) << rate;
    }
  }
}

TEST(zipf, ranks_come_in_proportion_to_their_power) {
  const zipf it(1000, 1);
  random_words random(3);
  std::vector<int> counts(1000);
  for (int i = 0; i < 200'000; ++i) ++counts[it.choose(random.next())];
  EXPECT_NEAR(counts[0] / static_cast<double>(counts[1]), 2, 0.15);
  EXPECT_NEAR(counts[0] / static_cast<double>(counts[9]), 10, 1.5);
  EXPECT_LT(it.choose(~0ULL), 1000u);
}

TEST(zipf, with_exponent_zero_all_are_alike) {
  const zipf it(10, 0);
  random_words random(4);
  std::vector<int> counts(10);
  for (int i = 0; i < 100'000; ++i) ++counts[it.choose(random.next())];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(it.choose(0), 0u);
  EXPECT_EQ(it.choose(~0ULL), 9u);
}

TEST(mix, kinds_come_by_their_weights) {
  const auto it = *mix::parse("add=3,look-up=1");
  EXPECT_EQ(it.choose(0), op_kind::add);
  EXPECT_EQ(it.choose(2), op_kind::add);
  EXPECT_EQ(it.choose(3), op_kind::look_up);
  EXPECT_EQ(it.choose(7), op_kind::look_up);
  EXPECT_EQ(it.text(), "add=3,look-up=1");
  EXPECT_EQ(mix().text(), default_mix);
}

TEST(mix, what_can_not_be_read_is_a_sentence) {
  for (const auto* text : {"", "add", "add=", "add=x", "add=-1", "buy=1", "add=0", "add=1,,", "add=9999999999"})
    EXPECT_FALSE(mix::parse(text)) << text;
  EXPECT_NE(mix::parse("buy=1").error().find("look-up-token"), std::string::npos);
}

TEST(recorder, latency_counts_from_the_intended_time_and_warm_up_does_not_count) {
  recorder it;
  it.measure_from(1000);
  it.add({op_kind::add, 999, 999, 5000, {}, false});
  it.add({op_kind::add, 1000, 4000, 5000, {}, false});
  it.add({op_kind::add, 1000, 4000, 5000, "overloaded shed", false});
  it.add({op_kind::look_up, 1000, 1000, 1200, {}, true});
  const auto& all = it.all();
  const auto& adds = all.kinds[static_cast<std::size_t>(op_kind::add)];
  EXPECT_EQ(adds.latency.count(), 1u);
  EXPECT_EQ(adds.latency.max(), 4000);
  EXPECT_EQ(adds.refused, 1u);
  EXPECT_EQ(all.from_sending.max(), 1000);
  EXPECT_EQ(all.refusals.at("overloaded shed"), 1u);
  EXPECT_EQ(all.kinds[static_cast<std::size_t>(op_kind::look_up)].stale, 1u);
  EXPECT_EQ(all.last_ns, 5000);
}

TEST(recorder, a_second_holds_what_ended_in_it) {
  recorder it;
  it.measure_from(0);
  for (int i = 1; i <= 100; ++i) it.add({op_kind::add, 0, 0, i, {}, false});
  it.add(std::vector<view_lag>{{"order_views", 5, 2}});
  const auto first = it.end_second({}, 0.5);
  EXPECT_DOUBLE_EQ(first.done_per_s, 200);
  EXPECT_EQ(first.p50_ns, 50);
  EXPECT_EQ(first.lags.front().events, 5u);
  EXPECT_DOUBLE_EQ(it.end_second({}, 1).done_per_s, 0);
  EXPECT_EQ(it.all().seconds.size(), 2u);
}

} // namespace
} // namespace stele::load
