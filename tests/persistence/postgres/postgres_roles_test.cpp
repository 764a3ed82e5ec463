// A node runs with the least rights, and with them nobody can change what has happened.
#include "tests/kit/postgres_cluster.hpp"
#include "tests/kit/view_rows.hpp"

#include <fstream>

namespace stele::kit {

namespace {

std::string roles_script() {
  std::ifstream in(STELE_SOURCE_DIR "/persistence/postgres/roles.sql");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What the server says to a statement; empty when it was done.
std::string answer_to(const postgres_session& from, const std::string& statement) {
  try {
    from.run(statement);
    return "";
  } catch (const std::runtime_error& it) { return it.what(); }
}

/// Everything a node of a cluster asks for.
void expect_a_cluster_runs(postgres_place& place) {
  auto a = active_node(place, "a"), b = active_node(place, "b");
  cluster_node c(place, "c");
  EXPECT_TRUE(c.announce({}));
  EXPECT_EQ(*a->claim(), 64u);
  EXPECT_TRUE(a->renew());
  EXPECT_TRUE(*a->give(5, a->view().shards[5].epoch, b->me()));
  EXPECT_TRUE(a->keep(6, a->view().shards[6].epoch));
  EXPECT_EQ(*a->take_over(c.me(), true), true);
  EXPECT_TRUE(b->open_shards({5}));
  EXPECT_EQ(*b->leave(), 1u);
  EXPECT_TRUE(b->leave_last());
  EXPECT_TRUE(a->leave_last());
}

bool is_denied(const std::string& answer) { return answer.find("permission denied") != std::string::npos; }

} // namespace

TEST(postgres_roles, the_writer_can_neither_change_nor_delete_an_event) {
  postgres_place place;
  auto& server = place.server();
  place.options.schema = "stele";
  place.open();
  server.run(roles_script());
  server.run(roles_script()); // Again, as after an update.
  server.run("CREATE ROLE shop LOGIN IN ROLE stele_writer, stele_projector");
  server.run("CREATE ROLE clerk LOGIN IN ROLE stele_reader");

  place.options.uri = server.uri("shop");
  auto store = place.open();
  event_maker events;
  ASSERT_TRUE(append_to(*store, events.batch({"order-1", "order-2"})));
  ASSERT_TRUE(ask<view_status>([&](auto reply) { store->views().open_view(example_view(), reply); }));
  const auto write = one_shard({"example_views", 1}, {3, 0, 7}, {example_row("a", "one")});
  EXPECT_TRUE(ask<std::vector<shard_number>>([&](auto reply) { store->views().write(write, reply); }));
  EXPECT_TRUE(ask<done>([&](auto reply) { store->snapshots().save_snapshot({"order-1", 1, 1, 1, "{}", ""}, reply); }));
  const auto next = ask<std::uint32_t>([&](auto reply) { store->views().begin_rebuild({"example_views", 1}, reply); });
  EXPECT_TRUE(ask<done>([&](auto reply) { store->views().finish_rebuild({"example_views", *next}, reply); }));

  const postgres_session shop(server.uri("shop"));
  for (const char* crime :
       {"UPDATE stele.es_events SET payload = '{}'", "DELETE FROM stele.es_events", "TRUNCATE stele.es_events",
        "DELETE FROM stele.es_lanes", "UPDATE stele.es_store SET shards = 1", "UPDATE stele.es_shards SET node_id = 1",
        "DROP TABLE stele.es_events"})
    EXPECT_NE(answer_to(shop, crime), "") << crime;
  EXPECT_TRUE(is_denied(answer_to(shop, "UPDATE stele.es_events SET payload = '{}'")));
  EXPECT_TRUE(is_denied(answer_to(shop, "DELETE FROM stele.es_events")));

  const postgres_session clerk(server.uri("clerk"));
  EXPECT_EQ(clerk.run("SELECT count(*) FROM stele.es_events"), "2");
  EXPECT_TRUE(is_denied(answer_to(clerk, "INSERT INTO stele.es_events SELECT * FROM stele.es_events")));
  EXPECT_TRUE(is_denied(answer_to(clerk, "SELECT stele.es_release(1)")));

  store->close();
  expect_a_cluster_runs(place);

  place.options.uri = server.uri("clerk");
  place.options.read_only = true;
  EXPECT_EQ(all_of(*place.open()).size(), 2u);
}

} // namespace stele::kit
