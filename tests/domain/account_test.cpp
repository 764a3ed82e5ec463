#include "domain/account.hpp"

#include "tests/kit/given.hpp"

#include <gtest/gtest.h>

using stele::cents;
using stele::given;
using namespace ::account;

namespace {
using rules = ::account::aggregate;
}

TEST(account, is_opened_for_its_owner) { given<rules>().when(open_account{"ada"}).then(account_opened{"ada"}); }

TEST(account, opened_again_by_its_owner_changes_nothing) {
  given<rules>(account_opened{"ada"}).when(open_account{"ada"}).then_nothing();
}

TEST(account, is_not_taken_over_by_another_owner) {
  given<rules>(account_opened{"ada"}).when(open_account{"bob"}).then_rejected("account_exists");
}

TEST(account, needs_an_owner) { given<rules>().when(open_account{""}).then_invalid("empty_owner", "/owner"); }

TEST(account, that_is_not_open_is_not_found) {
  given<rules>().when(deposit{cents(1)}).then_not_found("unknown_account");
  given<rules>().when(withdraw{cents(1)}).then_not_found("unknown_account");
}

TEST(account, takes_and_gives_money) {
  const auto in = given<rules>(account_opened{"ada"}).when(deposit{cents(500)});
  in.then(deposited{cents(500)});
  EXPECT_EQ(in.after().balance, cents(500));
  const auto out = given<rules>(account_opened{"ada"}, deposited{cents(500)}).when(withdraw{cents(500)});
  out.then(withdrawn{cents(500)});
  EXPECT_EQ(out.after().balance, cents(0));
  EXPECT_EQ(out.after().owner, "ada");
}

TEST(account, gives_no_more_than_it_holds) {
  given<rules>(account_opened{"ada"}, deposited{cents(500)}).when(withdraw{cents(501)}).then_rejected("not_enough");
}

TEST(account, takes_only_amounts_above_zero) {
  for (std::int64_t bad : {0LL, -1LL, 100'000'000'001LL}) {
    given<rules>(account_opened{"ada"}).when(deposit{cents(bad)}).then_invalid("bad_amount", "/amount");
    given<rules>(account_opened{"ada"}).when(withdraw{cents(bad)}).then_invalid("bad_amount", "/amount");
  }
}

TEST(account, holds_no_more_than_numbers_can) {
  given<rules>(account_opened{"ada"}, deposited{stele::money_max})
      .when(deposit{cents(1)})
      .then_rejected("balance_too_large");
}
