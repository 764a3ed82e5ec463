// Actors on threads of our own.
#include "actors/scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <future>

namespace stele {

namespace {

struct config : caf::actor_system_config {
  config(std::size_t threads, std::size_t messages_max) { use_own_scheduler(*this, threads, messages_max); }
};

/// Notes its name for each message, and ends after some.
auto noting(std::string& notes, char name, int wanted) {
  return [=, &notes](caf::event_based_actor* self) -> caf::behavior {
    return {[=, &notes, left = wanted](int) mutable {
      notes += name;
      if (--left == 0) self->quit();
    }};
  };
}

} // namespace

TEST(scheduler, actors_with_more_to_do_than_a_turn_allows_take_turns) {
  std::string notes;
  {
    config options(1, 2);
    caf::actor_system system(options);
    std::promise<void> begin;
    // Holds the only thread until both have their mail.
    const auto gate = system.spawn(
        [&begin](caf::event_based_actor*) -> caf::behavior { return {[&begin](int) { begin.get_future().wait(); }}; });
    caf::anon_send(gate, 1);
    for (const auto& it :
         {system.spawn<caf::lazy_init>(noting(notes, 'a', 4)), system.spawn<caf::lazy_init>(noting(notes, 'b', 4))})
      for (int i = 0; i < 4; ++i) caf::anon_send(it, i);
    begin.set_value();
    caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
    system.await_all_actors_done();
  }
  EXPECT_EQ("aabbaabb", notes);
}

TEST(scheduler, several_threads_lose_no_message_and_end) {
  constexpr int actors = 50, hops = 2'000;
  std::atomic<int> ended{0};
  {
    config options(3, 5);
    caf::actor_system system(options);
    for (int i = 0; i < actors; ++i) {
      const auto it = system.spawn([&ended](caf::event_based_actor* self) -> caf::behavior {
        return {[&ended, self](int left) {
          if (left > 0) return self->send(self, left - 1);
          ++ended;
          self->quit();
        }};
      });
      caf::anon_send(it, hops);
    }
  } // Returns when all actors have ended.
  EXPECT_EQ(actors, ended);
}

TEST(scheduler, a_message_for_later_comes_when_its_time_has_come) {
  config options(1, 300);
  caf::actor_system system(options);
  std::promise<void> came;
  system.spawn([&came](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, std::chrono::milliseconds(5), 1);
    return {[&came, self](int) {
      came.set_value();
      self->quit();
    }};
  });
  came.get_future().wait();
}

} // namespace stele
