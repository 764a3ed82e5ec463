// A whole node on a store somebody else writes into: what should never happen is noticed, and nothing is made of it.
#include "actors/node.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/postgres_place.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <future>

namespace stele::kit {

namespace {

struct node_on_postgres {
  node_on_postgres() {
    hosted.aggregates = {std::make_shared<counter_type>()};
    shop = std::make_unique<node>(node_parts{system, *disk, hosted, {}});
  }

  ~node_on_postgres() {
    std::promise<void> drained;
    shop->drain([&] { drained.set_value(); });
    drained.get_future().wait();
  }

  command_outcome add(const std::string& stream, int amount) {
    std::promise<command_outcome> answered;
    command_ptr it(new command);
    it->stream_id = stream;
    it->type = "add";
    it->body = std::to_string(amount);
    it->answer = [&](const command_outcome& how) { answered.set_value(how); };
    shop->submit(std::move(it));
    return answered.get_future().get();
  }

  postgres_place place;
  std::unique_ptr<store> disk = place.open();
  caf::actor_system_config config;
  caf::actor_system system{config};
  registry hosted;
  std::unique_ptr<node> shop;
};

/// Copies the last event of stream counter-1 behind itself, as a writer would that knows nothing of owners.
const std::string foreign_event =
    "INSERT INTO stele.es_events SELECT (pg_current_xact_id()::text::bigint << 20) + 1, position + 1, recorded_at, "
    "shard, version + 1, 1, 1, 1, gen_random_uuid(), gen_random_uuid(), command_digest, stream_id, type, '-4', NULL "
    "FROM stele.es_events WHERE stream_id = 'counter-1' ORDER BY version DESC LIMIT 1";

} // namespace

TEST(postgres_alarm, an_event_of_somebody_else_is_an_alarm_and_then_part_of_the_history) {
  node_on_postgres at;
  ASSERT_TRUE(std::holds_alternative<acceptance>(at.add("counter-1", 5)));
  at.place.run(foreign_event);
  const auto answer = at.add("counter-1", -3); // By what the node remembers 5 - 3 is no less than zero.
  ASSERT_TRUE(std::holds_alternative<refusal>(answer));
  EXPECT_EQ(std::get<refusal>(answer).kind, refusal_kind::unavailable);
  EXPECT_EQ(at.shop->counters().alarms, 1u);
  EXPECT_EQ(at.place.run("SELECT count(*) FROM stele.es_events"), "2") << "nothing was written, nor repaired";
  const auto again = at.add("counter-1", -3);
  ASSERT_TRUE(std::holds_alternative<refusal>(again));
  EXPECT_EQ(std::get<refusal>(again).kind, refusal_kind::rejected) << "5 - 4 - 3 is";
  const auto more = at.add("counter-1", 1);
  ASSERT_TRUE(std::holds_alternative<acceptance>(more));
  EXPECT_EQ(std::get<acceptance>(more).version, 3u);
  EXPECT_EQ(std::get<acceptance>(more).position, 3u);
  EXPECT_EQ(at.shop->counters().alarms, 1u);
}

} // namespace stele::kit
