// A row that a table does not take is told from a server that can't write, in the words of PostgreSQL.
#include "tests/kit/postgres_place.hpp"
#include "tests/kit/view_rows.hpp"

namespace stele::kit {

namespace {

const view_table table{"example_views", 1};

row_values counted(const std::string& id, std::int64_t count) { return example_row(id, {}, count); }

class postgres_misfit : public ::testing::Test {
protected:
  postgres_misfit() : store_(place_.open()) {
    EXPECT_TRUE(ask<view_status>([&](auto reply) { store_->views().open_view(example_view(), reply); }));
  }

  stored<std::vector<shard_number>> write(const view_write& what) {
    return ask<std::vector<shard_number>>([&](auto reply) { store_->views().write(what, reply); });
  }

  void expect_misfit(const std::string& words) {
    const auto refused = write({table, {{3, 0, 1}, {4, 0, 1}}, {{3, counted("a", 1)}, {4, counted("b", 100)}}});
    EXPECT_TRUE(failed_with(refused, store_fault::conflict));
    EXPECT_NE(refused.error().what.find(words), std::string::npos) << refused.error().what;
    const auto found = ask<selected_rows>([&](auto reply) { store_->views().select(table, {}, reply); });
    EXPECT_EQ(found->page.total, 0u);
    EXPECT_EQ(found->positions, std::vector<shard_position>(64));
  }

  postgres_place place_;
  std::unique_ptr<store> store_;
};

} // namespace

TEST_F(postgres_misfit, a_constraint_that_somebody_added_is_a_conflict_and_takes_the_whole_write_with_it) {
  place_.run("ALTER TABLE stele.example_views ADD CONSTRAINT only_small CHECK (count < 100)");
  expect_misfit("only_small");
  EXPECT_TRUE(write(one_shard(table, {3, 0, 1}, {counted("a", 1)})));
  EXPECT_TRUE(failed_with(write(one_shard(table, {3, 1, 2}, {counted("a", 100)})), store_fault::conflict));
  place_.run("ALTER TABLE stele.example_views DROP CONSTRAINT only_small");
  EXPECT_TRUE(write(one_shard(table, {3, 1, 2}, {counted("a", 100)})));
}

TEST_F(postgres_misfit, so_is_a_value_that_a_column_can_not_hold) {
  place_.run("ALTER TABLE stele.example_views ADD COLUMN of_a_byte numeric(2) GENERATED ALWAYS AS (count) STORED");
  expect_misfit("numeric field overflow");
}

TEST_F(postgres_misfit, so_is_a_row_that_a_trigger_refuses) {
  place_.run("CREATE FUNCTION stele.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
             "IF new.count >= 100 THEN RAISE 'not in my table'; END IF; RETURN new; END $$; "
             "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON stele.example_views "
             "FOR EACH ROW EXECUTE FUNCTION stele.refuse()");
  expect_misfit("not in my table");
}

} // namespace stele::kit
