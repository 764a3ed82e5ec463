#include "app/load/load_run.hpp"

#include "app/load/load_text.hpp"
#include "app/load/site.hpp"
#include "tests/app/gateway/tls_files.hpp"
#include "tests/app/load/fake_target.hpp"
#include "tests/app/load/served_shop.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <thread>

namespace stele::load {
namespace {

load_settings small() {
  load_settings it;
  it.actors = 8;
  it.orders = 24;
  it.rate = 20'000;
  it.duration_s = 0.3;
  it.warm_up_s = 0.05;
  it.run = "test";
  it.check_max = 10'000;
  return it;
}

// Lets the time pass, unless it is told to end.
class patience {
public:
  bool wait(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return ended_; });
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
};

load_result run_on(caf::actor_system& system, target& node, const load_settings& settings, patience& waits,
                   history_file* history = nullptr) {
  history_file none;
  return run_load({system, node, history ? *history : none, [&](std::int64_t ms) { return waits.wait(ms); },
                   [](const load_progress&) {}},
                  settings);
}

load_result run_fake(sabotage how, const load_settings& settings = small()) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  fake_target node(how);
  patience waits;
  return run_on(system, node, settings, waits);
}

std::string first_wrong(const load_result& it) {
  return it.wrong.none() ? "none" : it.wrong.all().front().kind + ": " + it.wrong.all().front().first;
}

bool found(const load_result& it, const std::string& kind) {
  for (const auto& each : it.wrong.all())
    if (each.kind == kind) return true;
  return false;
}

TEST(load_run, a_node_that_does_right_is_found_right) {
  const auto it = run_fake({});
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_GT(it.measured.all.count(), 0u);
  EXPECT_GT(it.orders_checked, 24u);
  EXPECT_EQ(it.measured.refused, 0u);
  EXPECT_FALSE(it.measured.seconds.empty());
  EXPECT_EQ(it.prepared, 24u);
}

TEST(load_run, a_closed_loop_with_a_hot_order_is_found_right) {
  auto settings = small();
  settings.closed = true;
  settings.hot_share = 0.5;
  settings.zipf = 1.1;
  const auto it = run_fake({}, settings);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_GT(it.measured.all.count(), 0u);
}

TEST(load_run, a_lost_write_is_found) { EXPECT_FALSE(is_clean(run_fake({.lose_add = 50}))); }

TEST(load_run, a_lost_order_is_found) { EXPECT_TRUE(found(run_fake({.lose_create = 20}), "lost_write")); }

TEST(load_run, one_lost_write_that_nothing_else_touches_is_found_by_reading_back) {
  auto settings = small();
  settings.kinds = *mix::parse("add=1");
  settings.rate = 100;
  EXPECT_TRUE(found(run_fake({.lose_add = 29}, settings), "lost_write"));
}

TEST(load_run, a_retry_with_a_second_effect_is_found) {
  EXPECT_TRUE(found(run_fake({.repeat_retry = 10}), "retry_differs"));
  EXPECT_TRUE(found(run_fake({.repeat_quietly = 10}), "two_effects"));
}

TEST(load_run, a_wrong_total_is_found) { EXPECT_TRUE(found(run_fake({.wrong_total = 20}), "wrong_total")); }

TEST(load_run, an_old_row_is_found_unless_it_is_marked) {
  EXPECT_TRUE(found(run_fake({.old_row = 20}), "lost_write"));
  const auto marked = run_fake({.old_row_marked = 20});
  EXPECT_TRUE(is_clean(marked)) << first_wrong(marked);
}

TEST(load_run, a_list_that_lacks_an_order_is_found) {
  EXPECT_TRUE(found(run_fake({.drop_from_list = 5}), "lost_write"));
}

TEST(load_run, a_refusal_by_a_rule_that_does_not_apply_is_found) {
  EXPECT_TRUE(found(run_fake({.refuse = 50}), "refused_without_reason"));
}

TEST(load_run, a_command_that_was_shed_had_no_effect_and_is_only_counted) {
  const auto it = run_fake({.shed = 20});
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_GT(it.measured.refusals.at("overloaded shed"), 0u);
}

TEST(load_run, unknown_outcomes_may_have_gone_either_way_and_are_resolved_at_the_end) {
  const auto it = run_fake({.unknown_done = 20, .unknown_not_done = 23});
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_GT(it.measured.refusals.at("outcome_unknown timeout"), 0u);
}

// Holds one answer back for a while; those behind it have to wait for its place.
class stalling_target : public fake_target {
public:
  ~stalling_target() override {
    if (late_.joinable()) late_.join();
  }

  void send(const operation& it, std::function<void(answer)> done) override {
    if (++sent_ != 200) return fake_target::send(it, std::move(done));
    late_ = std::thread([this, it, done = std::move(done)] {
      patience().wait(stall_ms);
      fake_target::send(it, done);
    });
  }

  static constexpr std::int64_t stall_ms = 100;

private:
  std::thread late_;
  std::atomic<int> sent_{0};
};

TEST(load_run, a_stall_counts_for_everything_that_was_due_meanwhile) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  stalling_target node;
  patience waits;
  auto settings = small();
  settings.in_flight_max = 1;
  settings.rate = 5'000;
  settings.warm_up_s = 0;
  const auto it = run_on(system, node, settings, waits);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  // Of 1500 operations one was slow, and 250 were due in the first half of the time it took.
  EXPECT_GE(it.measured.all.quantile(0.85), 45'000'000);
}

// Loses one question in a hundred.
class forgetful_target : public fake_target {
public:
  void send(const operation& it, std::function<void(answer)> done) override {
    if (++asked_ % 100 != 0) fake_target::send(it, std::move(done));
  }

private:
  std::atomic<unsigned> asked_{0};
};

TEST(load_run, the_history_has_what_nobody_answered) {
  const temporary_folder folder;
  history_file history;
  ASSERT_EQ(history.open(folder.file("h.jsonl")), std::nullopt);
  caf::actor_system_config config;
  caf::actor_system system(config);
  forgetful_target node;
  patience waits;
  auto settings = small();
  settings.rate = 1000;
  settings.wait_ms_max = 1000;
  const auto it = run_on(system, node, settings, waits, &history);
  EXPECT_EQ(history.close(), std::nullopt);
  std::ifstream in(folder.file("h.jsonl"));
  std::uint64_t lines = 0, unanswered = 0;
  for (std::string line; std::getline(in, line); ++lines)
    unanswered += line.find("\"outcome\":\"unanswered\"") != std::string::npos ? 1 : 0;
  EXPECT_EQ(lines, it.operations);
  EXPECT_EQ(unanswered, it.unanswered);
  EXPECT_GT(unanswered, 0u);
}

TEST(load_run, it_ends_early_when_it_is_told_to_and_still_checks) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  fake_target node;
  patience waits;
  auto settings = small();
  settings.duration_s = 3600;
  waits.end();
  const auto it = run_on(system, node, settings, waits);
  EXPECT_TRUE(it.interrupted);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
}

TEST(load_run, a_node_in_this_process_passes_for_a_second) {
  order_shop names(in_memory());
  auto at = open_own_node(in_memory(), names.hosted());
  ASSERT_TRUE(at) << at.error();
  auto settings = small();
  settings.rate = 500;
  settings.duration_s = 1;
  settings.hot_share = 0.1;
  patience waits;
  const auto it = run_on((*at)->system(), (*at)->node(), settings, waits);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_GT(it.measured.all.count(), 0u);
  EXPECT_EQ(it.measured.refused, 0u);
}

TEST(load_run, a_node_passes_over_http_and_its_history_has_every_operation) {
  served_shop shop;
  const temporary_folder folder;
  history_file history;
  ASSERT_EQ(history.open(folder.file("h.jsonl")), std::nullopt);
  auto at = open_http({shop.http()}, 16);
  ASSERT_TRUE(at) << at.error();
  auto settings = small();
  settings.rate = 300;
  patience waits;
  const auto it = run_on((*at)->system(), (*at)->node(), settings, waits, &history);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_EQ(it.measured.refused, 0u);
  EXPECT_EQ(history.close(), std::nullopt);
  std::ifstream in(folder.file("h.jsonl"));
  std::uint64_t lines = 0;
  for (std::string line; std::getline(in, line);) lines += line.find("\"outcome\":\"") != std::string::npos ? 1 : 0;
  EXPECT_EQ(lines, it.operations);
}

TEST(load_run, a_node_passes_over_caf_and_its_lags_come_over_http) {
  served_shop shop;
  auto at = open_gateway(shop.gateway(), 2, {shop.http()});
  ASSERT_TRUE(at) << at.error();
  auto settings = small();
  settings.rate = 300;
  patience waits;
  const auto it = run_on((*at)->system(), (*at)->node(), settings, waits);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
  EXPECT_EQ(it.measured.refused, 0u);
}

TEST(load_run, a_node_passes_over_caf_with_tls) {
  const test::tls_files files;
  auto with = in_memory();
  with.gateway.tls = files.door();
  served_shop shop([](http::routes&, node&, const http_settings&) {}, with);
  auto gateway = shop.gateway();
  EXPECT_FALSE(open_gateway(gateway, 2, {})) << "in plain";
  gateway.tls = files.client();
  auto at = open_gateway(gateway, 2, {});
  ASSERT_TRUE(at) << at.error();
  auto settings = small();
  settings.rate = 300;
  patience waits;
  const auto it = run_on((*at)->system(), (*at)->node(), settings, waits);
  EXPECT_TRUE(is_clean(it)) << first_wrong(it);
}

TEST(load_run, where_nobody_listens_it_says_so) {
  EXPECT_NE(open_http({{"127.0.0.1", 1}}, 2).error().find("is the node running?"), std::string::npos);
}

} // namespace
} // namespace stele::load
