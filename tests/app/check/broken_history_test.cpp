#include "tests/app/check/clean_base.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace stele::check {
namespace {

// One thing that was told or stored otherwise, and the promise that breaks.
struct breakage {
  const char* sentence;
  std::function<void(told_world&)> change;
  const char* promise;
  bool only = false;
};

void set_row(told_world& it, const char* line, const std::string& row) {
  it.line(line)["rows"] = json::parse("[" + row + "]");
}

void answer(told_world& it, const char* line, const char* outcome, const char* code) {
  it.line(line)["outcome"] = outcome;
  it.line(line)["code"] = code;
}

const std::string two_pens_more = R"({"product_id":"pen","quantity":4,"price":1})";

const std::vector<breakage> breakages = {
    // What was answered is in the store.
    {"an acknowledged command is not in the store", [](auto& it) { it.drop_event("withdraw"); }, "P1"},
    {"a command is acknowledged at a version it does not have", [](auto& it) { it.line("ship")["version"] = 3; }, "P1"},
    {"a command is acknowledged in a shard it is not in",
     [](auto& it) { it.line("ship")["shard"] = (it.event("ship").shard + 1) % told_world::shards; }, "P1"},
    {"a command is acknowledged at a position it does not have",
     [](auto& it) { it.line("ship")["position"] = it.event("ship").position - 1; }, "P1"},
    {"what is stored is not what was sent", [](auto& it) { it.event("add more").payload = two_pens_more; }, "P1"},
    {"what is stored has another address than was sent",
     [](auto& it) {
       it.event("create 2").payload =
           R"({"customer_id":"bob","items":[)" + ink + R"(],"shipping_address":{"city":"Rome"}})";
     },
     "P1"},
    {"a row is of a version the store does not have",
     [](auto& it) { set_row(it, "balance", account_row("1", 9, 1, 500)); }, "P1"},
    {"a token promises what the store does not have",
     [](auto& it) {
       it.line("balance")["token"] = it.token("withdraw", 50);
       set_row(it, "balance", account_row("1", 3, 2, 100));
       it.move("balance", {271, 272});
     },
     "P1"},
    {"a deposit is acknowledged without an event",
     [](auto& it) {
       it.again("phantom", "deposit", 1, {280, 290});
       it.line("phantom")["key"] = to_string(hash_to_uuid("x"));
     },
     "P1"},
    // What was refused has no effect.
    {"a command that was shed is stored", [](auto& it) { answer(it, "ship", "overloaded", "shed"); }, "P3"},
    {"a command refused by a rule is stored", [](auto& it) { answer(it, "ship", "rejected", "already_shipped"); },
     "P3"},
    {"a command refused for a bad body is stored", [](auto& it) { answer(it, "withdraw", "invalid", "bad_amount"); },
     "P3"},
    {"a command refused both times it was sent is stored",
     [](auto& it) {
       answer(it, "add", "unavailable", "disk_full");
       answer(it, "add again", "overloaded", "shed");
     },
     "P3"},
    // One order of versions, by the rules and in real time.
    {"an order is stored as shipped twice",
     [](auto& it) {
       it.event("add more").type = "order_shipped";
       it.event("add more").payload = "{}";
     },
     "P4"},
    {"an order that was never made is stored as shipped", [](auto& it) { it.event("create 2").type = "order_shipped"; },
     "P4"},
    {"more is taken from an account than it holds",
     [](auto& it) { it.event("withdraw").payload = R"({"amount":5.01})"; }, "P4"},
    {"an event is of another aggregate",
     [](auto& it) {
       it.event("cancel 2").type = "deposited";
       it.event("cancel 2").payload = R"({"amount":1})";
     },
     "P4"},
    {"a command sent later comes first",
     [](auto& it) {
       it.move("add more", {23, 29});
     },
     "P4"},
    {"a look-up misses what was acknowledged before",
     [](auto& it) {
       set_row(it, "look at 3", order_row("1", "ada", 2, 2, 500, "pending"));
       it.line("look at 3")["token"] = it.token("add");
     },
     "P4"},
    {"a look-up finds no row of an order that was acknowledged",
     [](auto& it) {
       set_row(it, "look at 1", "");
       it.line("look at 1").erase("token");
     },
     "P4"},
    {"a look-up misses what another client had seen, though nobody was acknowledged it",
     [](auto& it) {
       answer(it, "add more", "outcome_unknown", "no_answer");
       it.look_up("late look", 3, "order-1", order_row("1", "ada", 2, 2, 500, "pending"), {63, 64});
       it.line("late look")["token"] = it.token("add");
     },
     "P4"},
    {"a look-up shows what was not sent yet",
     [](auto& it) {
       it.move("look at 3", {41, 45});
       it.line("look at 3")["after"] = it.token("add");
     },
     "P4"},
    {"a refusal names a rule that does not apply", [](auto& it) { it.line("too late")["code"] = "already_cancelled"; },
     "P4"},
    {"a refusal comes before its reason was sent",
     [](auto& it) {
       it.move("too late", {81, 85});
     },
     "P4"},
    {"a refusal by a word that no rule has", [](auto& it) { it.line("too late")["code"] = "out_of_stock"; }, "P4"},
    {"an order that was acknowledged is not found",
     [](auto& it) { answer(it, "too late", "not_found", "unknown_order"); }, "P4"},
    {"an order that nobody made exists already",
     [](auto& it) {
       it.refused("twin", 1, "order-9", "create_order", ada_buys, {300, 310}, "rejected", "order_exists");
     },
     "P4"},
    {"a withdrawal is refused though the account holds enough",
     [](auto& it) { it.line("too much")["body"] = json::parse(R"({"amount":5})"); }, "P4"},
    {"a good body is refused as bad", [](auto& it) { it.line("bad")["body"] = json::parse(pen); }, "P4"},
    {"a bad body is refused for another reason", [](auto& it) { it.line("bad")["code"] = "bad_price"; }, "P4"},
    {"a look-up misses the end that a refusal had spoken of",
     [](auto& it) {
       answer(it, "ship", "outcome_unknown", "no_answer");
       it.drop_line("look at 4");
       it.look_up("late look", 3, "order-1", order_row("1", "ada", 3, 3, 700, "pending"), {121, 122});
       it.line("late look")["token"] = it.token("add more");
     },
     "P4"},
    {"a list counts an order that was not asked for yet",
     [](auto& it) {
       it.move("list of ada", {1, 5});
       set_row(it, "list of ada", "");
       it.drop_line("look at 4");
     },
     "P4"},
    // One effect for a command.
    {"a command took effect twice", [](auto& it) { it.event("add more").command_id = it.event("add").command_id; },
     "P5"},
    {"a command took effect in another stream",
     [](auto& it) {
       it.event_only("stray", "order-8", "create_order", ada_buys);
       it.event("stray").command_id = it.event("create").command_id;
     },
     "P5"},
    {"an effect nobody sent, in a history that is all there is",
     [](auto& it) {
       it.event_only("stray", "order-8", "create_order", bob_buys);
       it.drop_line("list of bob");
     },
     "P5", true},
    // A retry gets the first answer.
    {"a retry is acknowledged at another version", [](auto& it) { it.line("add again")["version"] = 3; }, "P6"},
    {"a retry is acknowledged at another position",
     [](auto& it) { it.line("add again")["position"] = it.event("add").position + 1; }, "P6"},
    {"a retry is acknowledged as new again", [](auto& it) { it.line("add again")["repeated"] = false; }, "P6"},
    {"a retry is refused by a rule though it was acknowledged",
     [](auto& it) {
       answer(it, "add again", "rejected", "already_shipped");
       it.move("add again", {126, 127});
     },
     "P6"},
    {"a retry of unknown outcome is refused for the end it made itself",
     [](auto& it) {
       answer(it, "ship", "outcome_unknown", "no_answer");
       it.again("ship again", "ship", 1, {101, 105});
       answer(it, "ship again", "rejected", "already_shipped");
     },
     "P6"},
    {"a retry with another body is acknowledged", [](auto& it) { it.line("add again")["body"] = json::parse(pen); },
     "P6"},
    {"a retry with the same body is refused as another",
     [](auto& it) { answer(it, "add again", "key_reused", "key_reused"); }, "P6"},
    // The log.
    {"a version is skipped in the store", [](auto& it) { it.event("ship").version = 5; }, "P7"},
    {"a version is in the store twice", [](auto& it) { it.event("add more").version = 2; }, "P7"},
    {"a stream begins at version 2",
     [](auto& it) {
       it.event("create 2").version = 2;
       it.event("cancel 2").version = 3;
     },
     "P7"},
    {"a position is skipped in the store",
     [](auto& it) {
       for (auto& each : it.log())
         if (each.shard == it.event("create 2").shard && each.position >= it.event("create 2").position)
           ++each.position;
     },
     "P8"},
    {"a position goes back", [](auto& it) { it.event("withdraw").position = 1; }, "P8"},
    {"a stream is in another shard",
     [](auto& it) {
       it.event_only("stray", "order-8", "create_order", ada_buys);
       auto& e = it.event("stray");
       e.shard = (e.shard + 1) % told_world::shards;
       e.position = 1;
       for (auto& each : it.log())
         if (&each != &e && each.shard == e.shard) e.position = each.position + 1;
     },
     "P8"},
    {"the second event of a command is missing", [](auto& it) { it.event("withdraw").parts = 2; }, "P10"},
    {"the second event of a command stands alone",
     [](auto& it) { it.event("withdraw").part = it.event("withdraw").parts = 2; }, "P10"},
    {"the events of a command are torn apart by another",
     [](auto& it) {
       it.event("add").parts = 2;
       it.event("ship").part = it.event("ship").parts = 2;
       it.event("ship").command_id = it.event("add").command_id;
     },
     "P10"},
    // Rows.
    {"a row has another total", [](auto& it) { set_row(it, "look at 3", order_row("1", "ada", 3, 3, 701, "pending")); },
     "P11"},
    {"a row has a line too few",
     [](auto& it) { set_row(it, "look at 3", order_row("1", "ada", 3, 2, 700, "pending")); }, "P11"},
    {"a row has another status",
     [](auto& it) { set_row(it, "look at 3", order_row("1", "ada", 3, 3, 700, "cancelled")); }, "P11"},
    {"a row has another customer",
     [](auto& it) { set_row(it, "look at 3", order_row("1", "bob", 3, 3, 700, "pending")); }, "P11"},
    {"a stale row has a total it never had",
     [](auto& it) {
       it.line("look at 3")["outcome"] = "stale";
       set_row(it, "look at 3", order_row("1", "ada", 2, 2, 700, "pending"));
     },
     "P11"},
    {"an account's row folds a deposit twice", [](auto& it) { set_row(it, "balance", account_row("1", 2, 2, 1000)); },
     "P11"},
    {"a look-up answers the row of another order",
     [](auto& it) { set_row(it, "look at nothing", order_row("1", "ada", 4, 3, 700, "shipped")); }, "P11"},
    {"a list holds an order of somebody else",
     [](auto& it) { set_row(it, "list of bob again", order_row("1", "ada", 4, 3, 700, "shipped")); }, "P11"},
    {"a list holds an order twice",
     [](auto& it) {
       const auto row = order_row("2", "bob", 2, 1, 300, "cancelled");
       set_row(it, "list of bob again", row + "," + row);
     },
     "P11"},
    {"a list counts more orders than there are", [](auto& it) { it.line("list of bob again")["total"] = 2; }, "P11"},
    // Tokens and sessions.
    {"a look-up with a token shows less than the token holds",
     [](auto& it) { set_row(it, "look at 4", order_row("1", "ada", 3, 3, 700, "pending")); }, "P13"},
    {"a look-up with a token finds nothing", [](auto& it) { set_row(it, "look at 4", ""); }, "P13"},
    {"a list with a token lacks the order the token is of",
     [](auto& it) {
       set_row(it, "list of bob", "");
       it.line("list of bob")["total"] = 0;
     },
     "P13"},
    {"a list with a token has another order in the place of the one the token is of",
     [](auto& it) {
       it.done("create 5", 2, "order-5", "create_order", bob_buys, {300, 310});
       it.list("last", 2, "bob", order_row("2", "bob", 2, 1, 300, "cancelled"), {320, 330});
       it.line("last")["after"] = it.token("create 5");
       it.line("last")["token"] = it.token("create 5");
     },
     "P13"},
    {"a list with a token shows an order older than the token holds",
     [](auto& it) {
       it.line("list of bob again")["after"] = it.token("cancel 2");
       set_row(it, "list of bob again", order_row("2", "bob", 1, 1, 300, "pending"));
     },
     "P13"},
    {"the token of an acknowledgement does not hold the command",
     [](auto& it) { it.line("ship")["token"] = it.token("add more"); }, "P13"},
    {"the token of an answer holds less than the one that was sent",
     [](auto& it) { it.line("look at 4")["token"] = it.token("add"); }, "P13"},
    {"a client sees an order go back",
     [](auto& it) {
       it.look_up("back", 2, "order-1", order_row("1", "ada", 1, 1, 200, "pending"), {63, 64});
       it.line("back")["after"] = it.line("back")["token"] = it.token("create");
     },
     "P14"},
    {"a client sees an order go back in a list",
     [](auto& it) {
       it.list("back", 2, "bob", order_row("2", "bob", 1, 1, 300, "pending"), {300, 310});
       it.line("back")["token"] = it.token("create 2");
     },
     "P14"},
    {"a client's list counts less than before",
     [](auto& it) {
       it.list("back", 2, "bob", "", {300, 310});
       it.line("back").erase("token");
     },
     "P14"},
    {"the tokens of a client's lists go back",
     [](auto& it) {
       it.list("ada's last", 1, "ada", order_row("1", "ada", 4, 3, 700, "shipped"), {300, 310});
       it.list("back", 1, "ada", order_row("1", "ada", 4, 3, 700, "shipped"), {320, 330});
       it.line("back")["token"] = it.token("ship");
     },
     "P14"},
    {"a row is older than the token of its own answer says",
     [](auto& it) {
       it.look_up("old", 3, "order-1", order_row("1", "ada", 2, 2, 500, "pending"), {300, 310});
     },
     "P15"},
    {"a list lacks an order that its own token says it holds",
     [](auto& it) {
       it.list("old", 3, "bob", "", {300, 310});
     },
     "P15"},
    {"a token of another history is answered with rows",
     [](auto& it) { it.line("look at 4")["after"] = it.foreign_token(); }, "P15"},
    {"an answer speaks of another history", [](auto& it) { it.line("balance")["token"] = it.foreign_token(); }, "P15"},
    {"a token of this history is refused as of another",
     [](auto& it) {
       answer(it, "look at 4", "history_changed", "history_changed");
       it.line("look at 4").erase("rows");
     },
     "P15"},
    {"a whole token is refused as damaged", [](auto& it) { answer(it, "look at 4", "bad_token", "bad_token"); }, "P15"},
    // Snapshots.
    {"a snapshot has another total", [](auto& it) { it.keep("order-1", 2, order_state("ada", "pending", "5.01")); },
     "P16"},
    {"a snapshot has another status", [](auto& it) { it.keep("order-1", 2, order_state("ada", "shipped", "5.00")); },
     "P16"},
    {"a snapshot has another customer", [](auto& it) { it.keep("order-1", 2, order_state("bob", "pending", "5.00")); },
     "P16"},
    {"a snapshot is of another version than it says",
     [](auto& it) { it.keep("order-1", 3, order_state("ada", "pending", "5.00")); }, "P16"},
    {"a snapshot is ahead of its events",
     [](auto& it) { it.keep("order-1", 9, order_state("ada", "pending", "5.00")); }, "P16"},
    {"a snapshot of an account holds too much",
     [](auto& it) { it.keep("account-1", 3, R"({"open":true,"owner":"ada","balance":5.00})"); }, "P16"},
    {"a snapshot can't be read", [](auto& it) { it.keep("account-1", 3, "{"); }, "P16"},
};

TEST(broken_history, the_base_is_clean) {
  const auto what = clean_base().checked(true);
  EXPECT_EQ(first_promise(what), "clean") << first_sentence(what);
  EXPECT_EQ(what.seen.operations, 24u);
  EXPECT_EQ(what.seen.events, 9u);
}

TEST(broken_history, each_is_refused_for_the_promise_that_broke) {
  for (const auto& each : breakages) {
    auto world = clean_base();
    each.change(world);
    const auto what = world.checked(each.only);
    EXPECT_EQ(first_promise(what), each.promise) << each.sentence << "\n  " << first_sentence(what);
  }
  EXPECT_GE(breakages.size(), 40u);
}

TEST(broken_history, a_gap_in_a_stream_is_not_held_against_those_who_read_it) {
  auto world = clean_base();
  world.event("ship").version = 5;
  EXPECT_EQ(world.checked().found.all().size(), 1u);
}

TEST(broken_history, every_promise_that_can_be_seen_has_one) {
  for (const auto* promise : {"P1", "P3", "P4", "P5", "P6", "P7", "P8", "P10", "P11", "P13", "P14", "P15", "P16"}) {
    EXPECT_FALSE(promise_words(promise).empty()) << promise;
    EXPECT_TRUE(std::any_of(breakages.begin(), breakages.end(), [&](const auto& it) {
      return it.promise == std::string(promise);
    })) << promise;
  }
}

TEST(broken_history, a_violation_names_client_operation_command_and_what_was_possible) {
  auto world = clean_base();
  world.line("too late")["code"] = "already_cancelled";
  EXPECT_EQ(first_sentence(world.checked()),
            "client 2, operation 8 (line 8, command): command " + to_string(hash_to_uuid("too late")) +
                " of order-1 was refused as already_cancelled; possible were the versions 4 to 4, and at version 4 "
                "(shipped, 7.00, 3 lines) the rules don't say so");
}

} // namespace
} // namespace stele::check
