#include "persistence/postgres/connection.hpp"
#include "tests/kit/postgres_server.hpp"

#include <gtest/gtest.h>

namespace stele::postgres {

namespace {

connection connect() {
  connection_settings where;
  where.uri = kit::postgres_server::shared().uri();
  return connection(where);
}

} // namespace

TEST(postgres_connection, of_many_kinds_of_queries_the_last_stay_prepared) {
  connection db = connect();
  const std::int64_t before = db.integer("SELECT count(*) FROM pg_prepared_statements");
  for (const int round : {1, 2})
    for (int i = 0; i < 100; ++i) {
      parameters values;
      values.add_integer(round);
      ASSERT_EQ(db.run_recent("SELECT $1 + " + std::to_string(i), values).integer(0, 0), round + i);
    }
  const auto kept = db.integer("SELECT count(*) FROM pg_prepared_statements") - before;
  EXPECT_EQ(kept, static_cast<std::int64_t>(connection::recent_max));
}

TEST(postgres_connection, the_same_text_with_another_type_is_another_query) {
  connection db = connect();
  parameters number, text;
  number.add_bigint(7);
  text.add_text("seven");
  EXPECT_EQ(db.run_recent("SELECT $1", number).integer(0, 0), 7);
  EXPECT_EQ(db.run_recent("SELECT $1", text).text(0, 0), "seven");
}

} // namespace stele::postgres
