// A view with a key of its own on PostgreSQL: commits that an open transaction holds back are waited for, none is
// skipped.
#include "actors/node.hpp"
#include "tests/kit/counter.hpp"
#include "tests/kit/postgres_place.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <future>
#include <map>
#include <random>
#include <thread>

namespace stele::kit {

namespace {

/// Counts the events of all counters that began with the same amount: `{id, count}`.
class beginnings_view final : public view_type, public event_keys {
public:
  beginnings_view() {
    definition_.schema.name = "beginnings";
    definition_.schema.columns = {{"id", column_type::text, false}, {"count", column_type::integer, false}};
    definition_.aggregate = "counter";
  }

  const view_definition& definition() const override { return definition_; }
  const event_keys* keys() const override { return this; }
  bool wants(const recorded_event&) const override { return true; }
  bool names(const recorded_event& event) const override { return event.version == 1; }
  stored<std::optional<std::string>> key_in(const recorded_event& event) const override {
    return std::optional("began with " + event.payload);
  }
  stored<std::optional<row_values>> fold(std::string_view key, std::optional<row_values> row,
                                         std::span<const recorded_event* const> events) const override {
    if (!row) row = row_values{std::string(key), std::int64_t{0}};
    std::get<std::int64_t>((*row)[1]) += static_cast<std::int64_t>(events.size());
    return row;
  }

private:
  view_definition definition_;
};

struct counting_node {
  counting_node() {
    hosted.aggregates = {std::make_shared<counter_type>()};
    hosted.views = {std::make_shared<beginnings_view>()};
    start();
  }
  ~counting_node() { stop(); }

  void start() {
    disk = place.open();
    shop = std::make_unique<node>(node_parts{system, *disk, hosted, {}});
    while (!shop->ready()) std::this_thread::yield();
  }

  void stop() {
    std::promise<void> drained;
    shop->drain([&] { drained.set_value(); });
    drained.get_future().wait();
    shop.reset();
    disk.reset();
  }

  /// One command; answers its token.
  token add(const std::string& stream, const std::string& amount) {
    std::promise<acceptance> accepted;
    command_ptr it(new command);
    it->stream_id = stream;
    it->type = "add";
    it->body = amount;
    it->answer = [&](const command_outcome& how) { accepted.set_value(std::get<acceptance>(how)); };
    shop->submit(std::move(it));
    const auto done = accepted.get_future().get();
    if (done.version == 1) began[stream] = "began with " + amount;
    ++wanted[began[stream]];
    return make_token(shop->identity().history, done.shard, done.position);
  }

  found_rows look_up(const std::string& key, const token& after, std::int64_t wait_ms = 30'000) {
    std::promise<found_rows> answer;
    query_ptr it(new query);
    it->view = "beginnings";
    it->key = key;
    it->after = after;
    it->timeout_ms = wait_ms;
    it->answer = [&](const query_outcome& how) { answer.set_value(std::get<found_rows>(how)); };
    shop->ask(std::move(it));
    return answer.get_future().get();
  }

  /// The row is exact; `after`: the last token.
  void expect_exact(const token& after) {
    for (const auto& [key, count] : wanted) {
      const auto found = look_up(key, after);
      EXPECT_FALSE(found.as_of.stale);
      ASSERT_EQ(found.page.rows.size(), 1u) << key;
      EXPECT_EQ(std::get<std::int64_t>(found.page.rows[0][1]), count) << key;
    }
  }

  postgres_place place;
  std::unique_ptr<store> disk;
  caf::actor_system_config config;
  caf::actor_system system{config};
  registry hosted;
  std::unique_ptr<node> shop;
  std::map<std::string, std::string> began;
  std::map<std::string, std::int64_t> wanted;
};

const char* const hold_back = "BEGIN; SELECT pg_current_xact_id()";

} // namespace

TEST(postgres_keyed, a_commit_held_back_by_an_open_transaction_is_waited_for) {
  counting_node at;
  at.expect_exact(at.add("counter-1", "5"));
  const postgres_session slow(at.place.server().uri());
  slow.run(hold_back);
  const token last = at.add("counter-1", "1");
  const auto early = at.look_up("began with 5", last, 50);
  EXPECT_TRUE(early.as_of.stale) << "nobody may see what something could still come before";
  EXPECT_EQ(std::get<std::int64_t>(early.page.rows.at(0)[1]), 1);
  slow.run("ROLLBACK");
  at.expect_exact(last);
}

TEST(postgres_keyed, nothing_is_skipped_among_late_commits_and_restarts) {
  counting_node at;
  std::mt19937 chance(11);
  const postgres_session sessions[2] = {postgres_session(at.place.server().uri()),
                                        postgres_session(at.place.server().uri())};
  bool open[2] = {false, false};
  token last;
  for (int i = 0; i < 200; ++i) {
    const auto which = chance() % 2;
    if (chance() % 4 == 0) sessions[which].run((open[which] = !open[which]) ? hold_back : "COMMIT");
    last = at.add("counter-" + std::to_string(chance() % 40), std::to_string(1 + chance() % 3));
    if (i % 70 == 69) {
      at.stop();
      at.start();
    }
  }
  for (const auto which : {0, 1})
    if (open[which]) sessions[which].run("COMMIT");
  at.expect_exact(last);
}

} // namespace stele::kit
