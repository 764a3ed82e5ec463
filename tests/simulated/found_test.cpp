// What is wrong is found: in an author's rules, in Stele, in what a test gives.
#include "domain/account.hpp"
#include "tests/simulate/sabotages.hpp"
#include "tests/simulated/purse.hpp"

#include "tests/kit/simulate.hpp"

#include <cstdlib>
#include <stdexcept>

namespace brittle {

struct crack {};
using command = std::variant<crack>;
struct cracked {};
using event = std::variant<cracked>;
struct state {
  bool cracked = false;
};

/// Nobody cracks it twice; who tries meets the author's mistake.
inline stele::decision<event> decide(const state& s, const crack&) {
  if (s.cracked) throw std::runtime_error("nobody thought of that");
  return cracked{};
}
inline state evolve(state, const cracked&) { return {true}; }

BOOST_DESCRIBE_STRUCT(crack, (), ())
BOOST_DESCRIBE_STRUCT(cracked, (), ())
BOOST_DESCRIBE_STRUCT(state, (), (cracked))

using aggregate = stele::aggregate<"brittle", state, command, event>;

} // namespace brittle

namespace {

using stele::kit::dice;
using stele::kit::simulate;

bool holds_no_debt(const purse::state& s) { return s.coins >= 0; }
bool is_in(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

/// While it lives, Stele makes one mistake.
struct mistake {
  explicit mistake(std::string_view name) { stele::simulated::make_mistake(name); }
  ~mistake() { stele::simulated::make_mistake(""); }
};

} // namespace

TEST(simulate, finds_a_broken_rule_and_tells_how_it_came) {
  const auto found = simulate<purse::aggregate>().each("no debt", holds_no_debt).run(20, 500);
  ASSERT_GT(found.violations(), 0u);
  EXPECT_TRUE(is_in(found.story(), "broke: no debt")) << found.story();
  EXPECT_TRUE(is_in(found.story(), "after it is {\"coins\":-")) << found.story();
  EXPECT_TRUE(is_in(found.story(), "to run it alone: STELE_SEED=" + std::to_string(found.failing.front()) + " "))
      << found.story();
  EXPECT_TRUE(is_in(found.story(), "--gtest_filter=simulate.finds_a_broken_rule_and_tells_how_it_came"));
}

TEST(simulate, finds_a_rule_that_throws) {
  const auto found = simulate<brittle::aggregate>().run(3, 500);
  ASSERT_GT(found.violations(), 0u);
  EXPECT_TRUE(is_in(found.story(), "broke: the rules decide every command")) << found.story();
  EXPECT_TRUE(is_in(found.story(), "nobody thought of that")) << found.story();
}

TEST(simulate, finds_a_mistake_of_the_product_by_an_authors_own_domain) {
  const mistake made("answered_before_commit");
  const auto found = simulate<account::aggregate>().run(20);
  ASSERT_GT(found.violations(), 0u);
  EXPECT_TRUE(is_in(found.story(), "broke: what was acknowledged is stored")) << found.story();
}

TEST(simulate, finds_an_answer_of_a_node_that_owns_the_account_no_more) {
  const mistake made("forwarded_to_anyone");
  const auto found = simulate<account::aggregate>().run(50);
  EXPECT_GT(found.violations(), 0u);
}

TEST(simulate, leaves_the_same_trace_for_the_same_seed) {
  const auto once = simulate<account::aggregate>().run(3, 500);
  EXPECT_EQ(simulate<account::aggregate>().run(3, 500).trace_hash, once.trace_hash);
  EXPECT_NE(simulate<account::aggregate>().run(4, 500).trace_hash, once.trace_hash);
}

TEST(simulate, runs_the_seed_in_the_environment_alone) {
  setenv("STELE_SEED", "3", 1);
  const auto alone = simulate<account::aggregate>().run(50, 500);
  unsetenv("STELE_SEED");
  EXPECT_EQ(alone.runs, 1u);
  EXPECT_EQ(alone.trace_hash, simulate<account::aggregate>().run(3, 500).trace_hash);
}

TEST(simulate, finds_commands_that_depend_on_more_than_the_seed) {
  std::int64_t calls = 0;
  const auto found = simulate<purse::aggregate>()
                         .commands([&calls](dice&) -> purse::command { return purse::put_in{++calls}; })
                         .run(1, 500);
  ASSERT_EQ(found.violations(), 1u);
  EXPECT_TRUE(is_in(found.story(), "another trace each time")) << found.story();
}

TEST(simulate, asks_what_the_author_says) {
  bool only_deposits = true;
  const auto found = simulate<purse::aggregate>()
                         .commands([](dice& choice) -> purse::command {
                           return purse::put_in{static_cast<std::int64_t>(1 + choice.below(3))};
                         })
                         .all("coins come in",
                              [&](const stele::kit::streams<purse::aggregate>& all) {
                                for (const auto& [id, purse] : all)
                                  for (const auto& event : purse.events)
                                    only_deposits = only_deposits && std::holds_alternative<purse::coins_put_in>(event);
                                return true;
                              })
                         .run(5, 500);
  EXPECT_EQ(found.violations(), 0u) << found.story();
  EXPECT_GT(found.events, 0u);
  EXPECT_TRUE(only_deposits);
}
