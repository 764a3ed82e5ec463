#include "tests/app/check/clean_base.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace stele::check {
namespace {

struct permitted {
  const char* sentence;
  std::function<void(told_world&)> change;
};

void answer(told_world& it, const char* line, const char* outcome) { it.line(line)["outcome"] = outcome; }

void unanswered(told_world& it, const char* line) {
  answer(it, line, "unanswered");
  it.line(line).erase("completed_us");
}

void set_row(told_world& it, const char* line, const std::string& row) {
  it.line(line)["rows"] = json::parse("[" + row + "]");
}

const std::vector<permitted> all_permitted = {
    {"a command of unknown outcome took effect", [](auto& it) { answer(it, "ship", "outcome_unknown"); }},
    {"a command of unknown outcome had none",
     [](auto& it) {
       it.refused("lost", 1, "order-2", "add_order_item", pen, {141, 142}, "outcome_unknown", "x");
     }},
    {"a command nobody answered took effect", [](auto& it) { unanswered(it, "ship"); }},
    {"a command nobody answered had none",
     [](auto& it) {
       it.refused("lost", 1, "order-2", "add_order_item", pen, {141, 0}, "unanswered", "");
       it.line("lost").erase("completed_us");
     }},
    {"a query nobody answered", [](auto& it) { unanswered(it, "look at 3"); }},
    {"a command whose outcome was unknown is sent again and gets its answer",
     [](auto& it) { answer(it, "add", "outcome_unknown"); }},
    {"a command that was shed is sent again, and then takes effect",
     [](auto& it) {
       answer(it, "add", "overloaded");
       it.move("add", {23, 24});
       it.move("add again", {30, 40});
     }},
    {"a command refused by a rule is sent again and decided anew",
     [](auto& it) {
       it.refused("try", 1, "account-1", "deposit", R"({"amount":5})", {190, 195}, "not_found", "unknown_account");
       it.line("try")["key"] = it.line("deposit")["key"];
     }},
    {"a retry overlaps its first and neither says new",
     [](auto& it) {
       it.move("add again", {31, 45});
       it.line("add").erase("repeated");
       it.line("add again").erase("repeated");
     }},
    {"a retry is answered before its first",
     [](auto& it) {
       it.move("add again", {31, 35});
     }},
    {"a key sent with another body is refused",
     [](auto& it) {
       it.refused("other", 1, "order-1", "add_order_item", pen, {65, 66}, "key_reused", "key_reused");
       it.line("other")["key"] = it.line("add")["key"];
     }},
    {"overlapping commands may come in any order",
     [](auto& it) {
       it.move("add", {50, 60});
       it.move("add more", {45, 55});
     }},
    {"a look-up that overlaps a command may show it",
     [](auto& it) {
       it.move("look at 3", {52, 58});
     }},
    {"a look-up that overlaps a command may miss it",
     [](auto& it) {
       it.look_up("overlap", 3, "order-1", order_row("1", "ada", 3, 3, 700, "pending"), {91, 99});
       it.line("overlap")["token"] = it.token("add more");
     }},
    {"what ends and begins in the same microsecond overlaps",
     [](auto& it) {
       it.move("too late", {85, 90});
     }},
    {"a refusal that overlaps its reason",
     [](auto& it) {
       it.move("too late", {85, 95});
     }},
    {"a refusal that the reason's client was not told of yet",
     [](auto& it) {
       unanswered(it, "ship");
       it.move("too late", {85, 95});
     }},
    {"a row marked stale is older than its token",
     [](auto& it) {
       answer(it, "look at 4", "stale");
       set_row(it, "look at 4", order_row("1", "ada", 2, 2, 500, "pending"));
     }},
    {"a look-up marked stale finds no row yet",
     [](auto& it) {
       answer(it, "look at 4", "stale");
       set_row(it, "look at 4", "");
     }},
    {"a list marked stale lacks an order",
     [](auto& it) {
       answer(it, "list of bob", "stale");
       set_row(it, "list of bob", "");
       it.line("list of bob")["total"] = 0;
     }},
    {"a list without a token is behind, and says so by its token",
     [](auto& it) {
       set_row(it, "list of ada", order_row("1", "ada", 2, 2, 500, "pending"));
       it.line("list of ada")["token"] = it.token("add");
     }},
    {"a list without a token is behind another client's",
     [](auto& it) {
       it.list("behind", 3, "bob", "", {300, 310});
       it.line("behind").erase("token");
     }},
    {"a row is newer than the token of its answer", [](auto& it) { it.line("look at 3")["token"] = it.token("add"); }},
    {"a list's order is newer than its token",
     [](auto& it) { it.line("list of bob again")["token"] = it.line("list of bob")["token"]; }},
    {"a list shows one page of many",
     [](auto& it) {
       it.done("create 5", 2, "order-5", "create_order", bob_buys, {300, 310});
       it.list("page", 2, "bob", order_row("5", "bob", 1, 1, 300, "pending"), {320, 330});
       it.line("page")["total"] = 2;
     }},
    {"a token of a list goes back where nothing of an order lies between",
     [](auto& it) {
       it.list("first", 1, "ada", order_row("1", "ada", 4, 3, 700, "shipped"), {300, 310});
       it.list("second", 1, "ada", order_row("1", "ada", 4, 3, 700, "shipped"), {320, 330});
       it.line("second")["token"] = it.token_of({{it.event("ship").shard, 99}});
       std::vector<std::pair<shard_number, shard_position>> upto;
       for (shard_number s = 0; s < told_world::shards; ++s) {
         shard_position last = 0;
         for (const auto& e : it.log())
           if (e.shard == s && e.stream_id[0] == 'o') last = e.position;
         if (last) upto.emplace_back(s, last);
       }
       it.line("second")["token"] = it.token_of(upto);
     }},
    {"two clients work on one stream",
     [](auto& it) {
       it.line("add more")["client"] = 7;
       it.line("ship")["client"] = 8;
     }},
    {"others write to the store, too, and to the same stream",
     [](auto& it) {
       it.event_only("theirs", "order-77", "create_order", ada_buys);
       it.event_only("theirs 2", "account-1", "deposit", R"({"amount":1.5})");
     }},
    {"an aggregate the model does not know",
     [](auto& it) {
       it.event_only("theirs", "parcel-1", "ship_order", "{}");
       it.event("theirs").type = "parcel_sent";
     }},
    {"an account opened again by its owner changes nothing",
     [](auto& it) {
       it.again("open again", "open", 1, {300, 310});
       auto& l = it.line("open again");
       l["key"] = to_string(hash_to_uuid("other"));
       l["version"] = 3;
       l["repeated"] = false;
       l.erase("token");
     }},
    {"a token of another history is refused",
     [](auto& it) {
       auto& l = it.line("look at 4");
       l["after"] = it.foreign_token();
       l["outcome"] = "history_changed";
       l.erase("rows");
     }},
    {"a query is refused for want of room",
     [](auto& it) {
       answer(it, "look at 3", "overloaded");
       it.line("look at 3").erase("rows");
     }},
    {"a command refused by the door, which the model knows nothing of",
     [](auto& it) {
       it.refused("odd", 1, "order-2", "add_order_item", R"({"colour":"red"})", {141, 142}, "invalid", "unknown_field");
     }},
    {"rows without a customer, as older histories have them",
     [](auto& it) { it.line("look at 3")["rows"].as_array()[0].as_object().erase("customer_id"); }},
    {"fields nobody knows",
     [](auto& it) { it.line("ship")["mood"] = json::parse(R"({"a":[1,2.50,"\u00e9\ud83d\ude00",null,true]})"); }},
};

TEST(clean_history, what_is_permitted_is_not_complained_of) {
  for (const auto& each : all_permitted) {
    auto world = clean_base();
    each.change(world);
    const auto what = world.checked();
    EXPECT_EQ(first_promise(what), "clean") << each.sentence << "\n  " << first_sentence(what);
  }
}

TEST(clean_history, a_last_line_cut_short_is_left_out) {
  const auto world = clean_base();
  auto text = world.text();
  text.resize(text.size() - 40);
  std::istringstream in(text);
  history told;
  EXPECT_EQ(read_history(in, told), std::nullopt);
  EXPECT_EQ(told.cut_line, 24u);
  EXPECT_EQ(told.operations.size(), 23u);
  EXPECT_EQ(first_promise(world.checked(text)), "clean") << "what it told of is the effect of somebody else now";
  EXPECT_EQ(first_promise(world.checked(text, true)), "P5");
}

TEST(clean_history, an_empty_history_has_nothing_to_say) {
  EXPECT_EQ(first_promise(clean_base().checked("")), "clean");
  EXPECT_EQ(first_promise(clean_base().checked("", true)), "P5");
}

} // namespace
} // namespace stele::check
