#include "persistence/row.hpp"

#include "domain/order_view.hpp"
#include "persistence/row_codec.hpp"

#include <gtest/gtest.h>

using namespace stele;

namespace row_test {

struct row {
  std::string key;
  bool flag = false;
  double real = 0;
  std::optional<std::string> note;
  stele::json_object free;
  std::vector<std::int64_t> list;
};
BOOST_DESCRIBE_STRUCT(row, (), (key, flag, real, note, free, list))

} // namespace row_test

namespace {

table_schema schema_of(std::span<const described_column> columns) { return {"some_views", columns_of(columns), {}}; }

} // namespace

TEST(row, is_shown_as_json_by_its_columns) {
  order_view::row order{
      "7", "ada", order_view::status::pending, cents(2000), 2, timestamp::from_unix_ms(1709208000000), std::nullopt, 3};
  const auto columns = described_columns<order_view::row>();
  EXPECT_EQ(row_json(schema_of(columns), to_values(&order, columns)),
            R"({"order_id":"7","customer_id":"ada","status":"pending","total_amount":20.00,"item_count":2,)"
            R"("created_at":"2024-02-29T12:00:00.000Z","shipped_at":null,"version":3})");
}

TEST(row, reads_back_from_its_values) {
  row_test::row row{"k", true, 0.5, "n", json_object::from_json(R"({"a":1})"), {1, 2}};
  const auto columns = described_columns<row_test::row>();
  const row_values values = to_values(&row, columns);
  EXPECT_EQ(row_json(schema_of(columns), values),
            R"({"key":"k","flag":true,"real":0.5,"note":"n","free":{"a":1},"list":[1,2]})");
  const auto again = row_from<row_test::row>(values);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_values(&*again, columns), values);
}

TEST(row, values_that_do_not_fit_are_no_row) {
  row_values values = to_values(std::make_unique<row_test::row>().get(), described_columns<row_test::row>());
  EXPECT_TRUE(row_from<row_test::row>(values));
  values[0] = std::int64_t{5};
  EXPECT_FALSE(row_from<row_test::row>(values));
  values.pop_back();
  EXPECT_FALSE(row_from<row_test::row>(values));
}

TEST(row, columns_take_their_types_from_the_members) {
  const auto columns = columns_of(described_columns<order_view::row>());
  ASSERT_EQ(columns.size(), 8u);
  EXPECT_EQ(columns[0].type, column_type::text);
  EXPECT_EQ(columns[2].type, column_type::text);
  EXPECT_EQ(columns[3].type, column_type::money);
  EXPECT_EQ(columns[4].type, column_type::integer);
  EXPECT_EQ(columns[5].type, column_type::timestamp);
  EXPECT_FALSE(columns[5].nullable);
  EXPECT_TRUE(columns[6].nullable);
  EXPECT_EQ(column_index(schema_of(described_columns<order_view::row>()), "created_at"), 5u);
  EXPECT_EQ(column_index(schema_of(described_columns<order_view::row>()), "nothing"), std::nullopt);
}

TEST(row, equal_rows_have_equal_hashes_and_others_do_not) {
  const row_values row{std::string{"7"}, std::int64_t{1}, 0.5, {}};
  EXPECT_EQ(row_hash(row), row_hash(row_values{row}));
  EXPECT_NE(row_hash(row), row_hash({std::string{"7"}, std::int64_t{1}, 0.5, std::int64_t{0}}));
  EXPECT_NE(row_hash(row), row_hash({std::string{"7"}, std::int64_t{1}, 0.5, std::string{}}));
  EXPECT_NE(row_hash(row), row_hash({std::string{"7"}, 0.5, std::int64_t{1}, {}}));
  EXPECT_NE(row_hash({std::string{"ab"}, std::string{"c"}}), row_hash({std::string{"a"}, std::string{"bc"}}));
  EXPECT_EQ(row_hash({-0.0}), row_hash({0.0}));
  EXPECT_EQ(row_hash({std::string{"7"}, std::int64_t{1}}), 10399260162679324728u)
      << "stored tables are compared with it: it never changes";
}
