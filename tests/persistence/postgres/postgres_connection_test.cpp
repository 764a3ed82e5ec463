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

TEST(postgres_connection, the_same_text_with_another_type_is_another_query) {
  connection db = connect();
  parameters number, text;
  number.add_bigint(7);
  text.add_text("seven");
  EXPECT_EQ(db.run_if_room("SELECT $1", number).integer(0, 0), 7);
  EXPECT_EQ(db.run_if_room("SELECT $1", text).text(0, 0), "seven");
}

} // namespace stele::postgres
