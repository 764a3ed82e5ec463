// The account domain in clusters that fail: whatever is killed, hangs or is lost, no rule is broken.
#include "domain/account.hpp"
#include "domain/account_view.hpp"

#include "tests/kit/simulate.hpp"

TEST(account_in_a_cluster, holds_its_invariants_whatever_fails) {
  const auto found =
      stele::kit::simulate<account::aggregate>()
          .each("no balance below zero", [](const account::state& s) { return s.balance >= stele::money{}; })
          .all("money is conserved",
               [](const stele::kit::streams<account::aggregate>& all) {
                 stele::money moved, held;
                 for (const auto& [id, account] : all) {
                   held = held + account.state.balance;
                   for (const auto& event : account.events) {
                     if (const auto* in = std::get_if<account::deposited>(&event)) moved = moved + in->amount;
                     if (const auto* out = std::get_if<account::withdrawn>(&event)) moved = moved - out->amount;
                   }
                 }
                 return held == moved;
               })
          .run(200);
  EXPECT_EQ(found.violations(), 0u) << found.story();
  EXPECT_GT(found.events, 2'000u) << "something was done";
}

TEST(account_in_a_cluster, reads_as_its_events_say) {
  const auto found = stele::kit::simulate<account::aggregate>().project<account_view::view>().run(50);
  EXPECT_EQ(found.violations(), 0u) << found.story();
}
