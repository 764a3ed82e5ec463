// The tests of the show's author: rules, rows, and the whole in clusters that fail.
#include "show.hpp"

#include "tests/kit/given.hpp"
#include "tests/kit/row_after.hpp"
#include "tests/kit/simulate.hpp"

TEST(show, is_sold_out_when_every_seat_is_taken) {
  stele::given<show::aggregate>(show::show_opened{1}, show::seat_booked{"Ada"})
      .when(show::book_seat{"Bob"})
      .then_rejected("sold_out");
}

TEST(show, tells_how_many_seats_are_booked) {
  const auto row = stele::row_after<show::view>("hamlet", show::show_opened{2}, show::seat_booked{"Ada"});
  EXPECT_EQ(row.show_id, "hamlet");
  EXPECT_EQ(row.booked, 1);
}

TEST(show, never_sells_a_seat_twice_whatever_fails) {
  const auto found = stele::kit::simulate<show::aggregate>()
                         .each("no seat is sold twice", [](const show::state& s) { return s.free >= 0; })
                         .run(100);
  EXPECT_EQ(found.violations(), 0u) << found.story();
}
