#include "app/check/moments.hpp"

#include "app/check/moment_checks.hpp"
#include "app/check/real_time.hpp"

#include <algorithm>

namespace stele::check {

namespace {

void note_invocations(stream_case& it) {
  auto latest = std::numeric_limits<std::int64_t>::min();
  it.invoked_upto.clear();
  for (const auto& each : it.effects) {
    latest = std::max(latest, each.invoked);
    it.invoked_upto.resize(each.last, latest);
  }
}

void add_commands(const stream_case& in, std::vector<moment>& to) {
  for (const auto& each : in.effects)
    if (each.command != nothing)
      to.push_back({moment::effect, each.invoked, each.returned, static_cast<std::uint32_t>(&each - in.effects.data()),
                    each.last});
  for (const auto number : in.told.commands_of.of(in.stream))
    for (auto at = in.told.commands[number].first; at != nothing; at = in.told.operations[at].next) {
      const auto& it = in.told.operations[at];
      if (it.how == outcome::rejected || it.how == outcome::by_rule)
        to.push_back({moment::refusal, it.invoked, it.completed, at, 0});
    }
}

std::vector<moment> moments_of(const stream_case& in) {
  std::vector<moment> all;
  add_commands(in, all);
  for (const auto number : in.told.rows_of.of(in.stream)) {
    const auto& row = in.told.rows[number];
    const auto& it = in.told.operations[row.operation];
    all.push_back({moment::row, it.invoked, it.completed, number, row.version});
  }
  return all;
}

} // namespace

void check_moments(stream_case& it) {
  note_invocations(it);
  auto all = moments_of(it);
  moment_checks checks(it);
  in_real_time(
      all, [&](moment& each) { checks.check(each); }, [&](const moment& each) { checks.learn(each); });
}

} // namespace stele::check
