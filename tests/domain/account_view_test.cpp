#include "domain/account_view.hpp"

#include "tests/kit/row_after.hpp"

#include <gtest/gtest.h>

using stele::cents;
using stele::row_after;
using namespace ::account;

TEST(account_view, shows_who_owns_it_and_what_is_on_it) {
  const auto row =
      row_after<account_view::view>("7", account_opened{"ada"}, deposited{cents(500)}, withdrawn{cents(200)});
  EXPECT_EQ(row.account_id, "7");
  EXPECT_EQ(row.owner, "ada");
  EXPECT_EQ(row.balance, cents(300));
  EXPECT_EQ(row.movements, 2);
  EXPECT_EQ(row.version, 3u);
}
