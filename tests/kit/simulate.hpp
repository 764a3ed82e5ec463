// Your domain in a cluster that fails: `simulate<account::aggregate>` runs it from seeds and holds your invariants.
#pragma once

#include "actors/hosted_aggregate.hpp"
#include "actors/hosted_view.hpp"
#include "tests/kit/random_value.hpp"
#include "tests/kit/simulated/seeds.hpp"
#include "tests/kit/typed_invariants.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace stele::kit {

using simulated::dice;

/// Nodes that crash, hang, lose replies and move shards, in one thread, over a simulated database; clients that ask at
/// random nodes until they know. Beside your invariants, everything that Stele promises is held: `docs/guarantees.md`.
///
///     const auto found = stele::kit::simulate<account::aggregate>()
///                            .each("no balance below zero",
///                                  [](const account::state& s) { return s.balance >= stele::money{}; })
///                            .run(200);
///     EXPECT_EQ(found.violations(), 0u) << found.story();
///
/// The same seed gives the same run, as long as the rules and what is given here use no clock, no chance of their own
/// and keep nothing between calls.
template <class... Aggregates>
class simulate {
  static_assert(sizeof...(Aggregates) > 0,
                "simulate<…> takes the aggregates of a domain: simulate<order::aggregate>()");
  using invariants = typed_invariants<Aggregates...>;

public:
  simulate() {
    (domain_.hosted.aggregates.push_back(host_aggregate<Aggregates>()), ...);
    (makers_.push_back(
         maker_of<Aggregates>([](dice& choice) { return random_value<typename Aggregates::command>(choice); })),
     ...);
  }

  /// How a client makes its next command: `make(dice&)` answers the `command` of one of the aggregates. Without it
  /// commands are made of their described types: few, small values.
  template <class Make>
  simulate& commands(Make make) {
    using command = std::decay_t<std::invoke_result_t<Make&, dice&>>;
    constexpr std::size_t at = boost::mp11::mp_find<std::tuple<typename Aggregates::command...>, command>::value;
    static_assert(at < sizeof...(Aggregates), "commands(make): make(dice&) answers the std::variant of commands of one "
                                              "of the aggregates, as account::command");
    if constexpr (at < sizeof...(Aggregates))
      makers_[at] = maker_of<std::tuple_element_t<at, std::tuple<Aggregates...>>>(std::move(make));
    return *this;
  }

  /// Hosts a view, too: readers ask any node, with the token of what they have seen and without. A row must be the fold
  /// of events, of all that the token names.
  template <class View>
  simulate& project() {
    domain_.hosted.views.push_back(host_view<View>());
    return *this;
  }

  /// What must be true of the state of every stream, after every command that is stored: `holds(const state&)`.
  template <class Holds>
  simulate& each(std::string name, Holds holds) {
    invariants_->each(std::move(name), std::move(holds));
    return *this;
  }

  /// What must be true over all streams, after every command: `holds(const streams<account::aggregate>&)`, one
  /// parameter for each aggregate.
  template <class Holds>
  simulate& all(std::string name, Holds holds) {
    invariants_->all(std::move(name), std::move(holds));
    return *this;
  }

  /// So many runs of so many steps each.
  simulated::simulation_result run(std::uint64_t seeds = 200, std::size_t steps = 2000) const {
    simulated::domain made = domain_;
    made.next = [this](dice& choice, std::uint32_t streams) {
      return makers_[choice.below(makers_.size())](choice, streams);
    };
    made.watch = [this] { return invariants_->watch(); };
    return run_seeds(made, {seeds, 1, steps}, line_alone());
  }

private:
  using maker = std::function<simulated::wanted(dice&, std::uint32_t)>;

  template <class Aggregate, class Make>
  static maker maker_of(Make make) {
    return [make = std::move(make)](dice& choice, std::uint32_t streams) {
      const std::string stream = std::string(Aggregate::name) + "-" + std::to_string(1 + choice.below(streams));
      const typename Aggregate::command made = make(choice);
      return std::visit(
          [&]<class Command>(const Command& it) {
            return simulated::wanted{stream, std::string(type_name<Command>()), encode(it)};
          },
          made);
    };
  }

  /// The test that runs now, from a shell.
  static std::string line_alone() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string program = program_invocation_name;
    return test == nullptr ? program
                           : program + " --gtest_filter=" + test->test_suite_name() + std::string(".") + test->name();
  }

  simulated::domain domain_;
  std::vector<maker> makers_; ///< In the order of the aggregates.
  std::shared_ptr<invariants> invariants_ = std::make_shared<invariants>();
};

} // namespace stele::kit
