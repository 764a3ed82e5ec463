// Several nodes over one database: nothing acknowledged is lost or doubled, whoever dies, hangs, joins or leaves.
#include "tests/kit/cluster_world.hpp"

namespace stele::kit {

namespace {

void wish_some(cluster_world& world, int count) {
  for (int i = 0; i < count; ++i) {
    const bool takes = world.sim.one_in(3);
    world.wish_for("counter-" + std::to_string(world.sim.below(8)), takes ? -2 : 1);
  }
}

std::map<node_number, std::size_t> shards_by_owner(const cluster_world& world) {
  std::map<node_number, std::size_t> found;
  for (const shard_owner& it : world.database.owners) ++found[it.node];
  return found;
}

} // namespace

TEST(cluster, a_first_node_claims_every_shard_and_serves) {
  cluster_world world(1);
  world.add();
  wish_some(world, 20);
  EXPECT_TRUE(world.settle());
  EXPECT_EQ(shards_by_owner(world), (std::map<node_number, std::size_t>{{1, 4}}));
  world.judge();
}

TEST(cluster, nodes_that_join_get_their_part_while_commands_flow) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed, 9);
    world.add();
    world.pass(300);
    wish_some(world, 20);
    world.add();
    world.add();
    for (int i = 0; i < 30; ++i) {
      wish_some(world, 3);
      world.pass(50);
    }
    EXPECT_TRUE(world.settle());
    world.pass(2000);
    EXPECT_EQ(shards_by_owner(world), (std::map<node_number, std::size_t>{{1, 3}, {2, 3}, {3, 3}}));
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, shards_move_as_often_as_they_may_and_wait_for_no_beat) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed, 60);
    world.add();
    world.pass(1000);
    world.add();
    world.pass(2500); // To join, and 30 moves 20 ms apart: a beat is 500 ms.
    EXPECT_EQ(shards_by_owner(world), (std::map<node_number, std::size_t>{{1, 30}, {2, 30}}));
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, a_node_that_is_gone_is_replaced_long_before_its_lease_ends) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    for (int i = 0; i < 3; ++i) world.add();
    world.pass(3000);
    wish_some(world, 20);
    world.pass(20);
    world.crash(*world.nodes[0]);
    wish_some(world, 20);
    world.pass(1000);
    EXPECT_TRUE(world.is_settled());
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, a_node_that_hangs_is_replaced_when_its_lease_has_ended_and_ends_when_it_wakes) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    for (int i = 0; i < 3; ++i) world.add();
    world.pass(3000);
    wish_some(world, 20);
    for (std::size_t steps = world.sim.below(40); steps > 0; --steps) world.sim.step();
    world.freeze(*world.nodes[0]);
    wish_some(world, 20);
    world.pass(5000);
    world.thaw(*world.nodes[0]);
    wish_some(world, 10);
    EXPECT_TRUE(world.settle());
    world.pass(1000);
    EXPECT_TRUE(world.nodes[0]->over);
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, a_node_that_leaves_gives_everything_away_first) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    for (int i = 0; i < 3; ++i) world.add();
    world.pass(3000);
    wish_some(world, 20);
    bool given = false;
    world.nodes[1]->place->give_away([&] { given = true; });
    for (int i = 0; i < 20; ++i) {
      wish_some(world, 2);
      world.pass(50);
    }
    EXPECT_TRUE(given);
    EXPECT_EQ(shards_by_owner(world).count(2), 0u);
    EXPECT_TRUE(world.settle());
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, a_database_that_was_away_for_long_costs_no_node_its_life) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    for (int i = 0; i < 3; ++i) world.add();
    world.pass(5000);
    wish_some(world, 20);
    world.database.away = true;
    world.pass(10'000);
    EXPECT_FALSE(world.nodes[0]->place->active()) << "it can't prove its lease";
    world.database.away = false;
    EXPECT_TRUE(world.settle());
    world.pass(3000);
    EXPECT_EQ(world.living(), 3u);
    EXPECT_TRUE(world.nodes[0]->place->active());
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

/// Others may have renewed last long before this node did: what it just survived may have cost them their lease.
TEST(cluster, a_database_that_was_away_for_almost_a_lease_costs_no_node_its_life) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    const std::int64_t lease = world.database.lease_ms, step = lease / 60;
    for (std::int64_t i = 0; i < 3; ++i) {
      world.add();
      world.pass(5 * lease + step * static_cast<std::int64_t>(seed * 7 % 20) * i); // They renew at different times.
    }
    world.database.away = true;
    world.pass(lease / 2 + step * static_cast<std::int64_t>(seed));
    world.database.away = false;
    EXPECT_TRUE(world.settle());
    world.pass(3000);
    EXPECT_EQ(world.living(), 3u);
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, a_renewal_that_failed_is_sent_again_as_soon_as_the_database_is_back) {
  cluster_world world(1);
  world.add();
  world.pass(5000);
  const std::int64_t lease = world.database.lease_ms, beat = lease / 6;
  const auto expires_us = [&] { return world.database.members.begin()->second.expires_us; };
  for (const auto before = expires_us(); expires_us() == before;) world.pass(10);
  const auto renewed = expires_us();
  world.pass(2 * beat - beat / 2); // The next one is due at the second beat.
  world.database.away = true;
  world.pass(beat);
  world.database.away = false;
  EXPECT_EQ(expires_us(), renewed);
  world.pass(beat / 4);
  EXPECT_GT(expires_us(), renewed);
}

TEST(cluster, a_node_cut_from_the_database_alone_hears_from_the_others_that_it_was_replaced) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    for (int i = 0; i < 3; ++i) world.add();
    world.pass(3000);
    world.nodes[0]->session.freeze();
    wish_some(world, 20);
    world.pass(5000);
    EXPECT_TRUE(world.nodes[0]->over);
    world.crash(*world.nodes[0]); // Its process ends, and does not wait for the database.
    EXPECT_TRUE(world.settle()) << world.story();
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(cluster, whatever_is_lost_late_or_frozen_nothing_acknowledged_is_lost_and_nothing_happens_twice) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    cluster_world world(seed);
    world.faults = {world.sim.below(3) * 10, world.sim.below(3) * 10, world.sim.below(2) * 20};
    for (int i = 0; i < 3; ++i) world.add();
    for (int round = 0; round < 60; ++round) {
      wish_some(world, 3);
      world.pass(static_cast<std::int64_t>(world.sim.below(20)) * 10);
      simulated_node& one = *world.nodes[world.sim.below(world.nodes.size())];
      simulated_node& other = *world.nodes[world.sim.below(world.nodes.size())];
      switch (world.sim.below(16)) {
      case 0:
        if (world.living() > 1) world.crash(one);
        break;
      case 1:
        world.freeze(one);
        break;
      case 2:
      case 3:
        for (auto& it : world.nodes) world.thaw(*it);
        break;
      case 4:
        if (&one != &other) world.net.cut(one.number(), other.number());
        break;
      case 5:
        if (&one != &other) world.net.heal(one.number(), other.number());
        break;
      case 6:
        if (world.nodes.size() < 8) world.add();
        break;
      case 7:
        if (world.living() > 2 && !one.crashed && !one.over) one.place->give_away([] {});
        break;
      default:
        break;
      }
    }
    world.add();
    for (auto& it : world.nodes) world.thaw(*it);
    world.net.cuts.clear();
    for (auto& [number, it] : world.net.links)
      for (auto& [peer, there] : world.net.links)
        if (peer != number) world.net.heal(number, peer);
    EXPECT_TRUE(world.settle(40'000)) << world.story();
    world.judge();
    if (::testing::Test::HasFailure()) return;
  }
}

} // namespace stele::kit
