// The log of a whole node on real threads: writers write, readers come and go, in memory and in SQLite.
#include "actors/node.hpp"
#include "persistence/store.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

namespace stele::kit {

namespace {

struct busy_node {
  explicit busy_node(const std::string& uri) : disk(*open_store({uri, 8, 2, false})) {
    hosted.aggregates = {std::make_shared<counter_type>()};
    settings.events_page_max = 50;
    shop = std::make_unique<node>(node_parts{system, *disk, hosted, settings});
  }

  void add(const std::string& stream, std::function<void()> answered) {
    command_ptr it(new command);
    it->stream_id = stream;
    it->type = "split"; // Three events.
    it->body = "3";
    it->answer = [answered = std::move(answered)](const command_outcome& outcome) {
      EXPECT_TRUE(std::holds_alternative<acceptance>(outcome));
      answered();
    };
    shop->submit(std::move(it));
  }

  std::unique_ptr<store> disk;
  caf::actor_system_config config;
  caf::actor_system system{config};
  registry hosted;
  actor_settings settings;
  std::unique_ptr<node> shop;
};

/// One command after the other.
void write(busy_node& at, int writer, int commands) {
  for (int i = 0; i < commands; ++i) {
    std::promise<void> answered;
    at.add("counter-" + std::to_string((writer * 7 + i) % 5), [&] { answered.set_value(); });
    answered.get_future().wait();
  }
}

/// Reads until it has so many events; now and then it forgets its request and asks anew from where it is.
std::vector<std::pair<std::uint64_t, uuid>> read(busy_node& at, std::size_t wanted, unsigned seed) {
  std::mt19937 chance(seed);
  std::vector<std::pair<std::uint64_t, uuid>> seen;
  std::uint64_t after = 0;
  while (seen.size() < wanted) {
    auto promise = std::make_shared<std::promise<std::variant<event_page, refusal>>>();
    auto answer = promise->get_future();
    const auto number = at.shop->read_all(
        {after, 1 + chance() % 60, static_cast<std::int64_t>(chance() % 3 * 10), {}, [promise](auto outcome) {
           promise->set_value(std::move(outcome));
         }});
    promise.reset();
    if (chance() % 4 == 0) at.shop->forget(number);
    try {
      const auto outcome = answer.get();
      const auto& page = std::get<event_page>(outcome);
      for (const auto& event : page.events) seen.emplace_back(event.global_position, event.event_id);
      after = page.next;
    } catch (const std::future_error&) {
      continue; // Forgotten before it was answered.
    }
  }
  return seen;
}

void all_see_the_same(const std::string& uri) {
  busy_node at(uri);
  constexpr int writers = 3, commands = 60;
  constexpr std::size_t events = writers * commands * 3;
  std::vector<std::future<void>> writing;
  for (int i = 0; i < writers; ++i) writing.push_back(std::async(std::launch::async, write, std::ref(at), i, commands));
  auto first = std::async(std::launch::async, read, std::ref(at), events, 1U);
  auto second = std::async(std::launch::async, read, std::ref(at), events, 2U);
  const auto seen = first.get();
  EXPECT_EQ(seen.size(), events);
  for (std::size_t i = 1; i < seen.size(); ++i)
    ASSERT_LT(seen[i - 1].first, seen[i].first) << "doubled, or out of order";
  EXPECT_EQ(seen, second.get()) << "two readers saw two orders";
  for (auto& it : writing) it.get();
  std::promise<void> drained;
  at.shop->drain([&] { drained.set_value(); });
  drained.get_future().wait();
}

} // namespace

TEST(all_events_on_threads, readers_of_a_busy_node_miss_nothing_in_memory) { all_see_the_same("memory:"); }

TEST(all_events_on_threads, readers_of_a_busy_node_miss_nothing_in_sqlite) {
  const temporary_folder folder;
  all_see_the_same("sqlite:" + folder / "stele.db");
}

TEST(all_events_on_threads, draining_a_node_answers_who_waits_for_events) {
  busy_node at("memory:");
  std::promise<std::size_t> got;
  at.shop->read_all(
      {0, 10, 30'000, {}, [&](auto outcome) { got.set_value(std::get<event_page>(outcome).events.size()); }});
  std::promise<void> drained;
  at.shop->drain([&] { drained.set_value(); });
  drained.get_future().wait();
  EXPECT_EQ(got.get_future().get(), 0u);
}

} // namespace stele::kit
