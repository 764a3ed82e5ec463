#include "actors/hosted.hpp"

#include "domain/account_view.hpp"
#include "domain/customer_view.hpp"
#include "domain/order_view.hpp"
#include "tests/domain/letter.hpp"

#include <gtest/gtest.h>

using namespace stele;

// A row of two aggregates, under a key made of an event and its envelope.
namespace post_view {

struct row {
  std::string name;
  std::int64_t letters = 0, accounts = 0;
};
inline row project(row r, const letter::letter_sent&) { return ++r.letters, r; }
inline row project(row r, const account::account_opened&) { return ++r.accounts, r; }
BOOST_DESCRIBE_STRUCT(row, (), (name, letters, accounts))

struct view : stele::keyed_view<"post", row, letter::aggregate, account::aggregate> {
  static std::string key_of(const letter::letter_sent& e, const stele::envelope& at) {
    return e.recipient + ' ' + std::to_string(at.version);
  }
  static std::optional<std::string> key_of(const account::account_opened&) { return std::nullopt; }
};

} // namespace post_view

namespace {

constexpr std::string_view create =
    R"({"customer_id":"ada","items":[{"product_id":"pen","quantity":2,"price":10}],"shipping_address":{"b":1,"a":2}})";

recorded_event event_of(std::string type, std::string payload, std::uint32_t type_version = 1) {
  recorded_event event;
  event.stream_id = "letter-7";
  event.version = 3;
  event.type = std::move(type);
  event.type_version = type_version;
  event.payload = std::move(payload);
  event.recorded_at = 1709208000000;
  return event;
}

/// Decides and answers the events as text, or the code of the refusal.
std::string ask(const aggregate_type& type, any_state& state, std::string_view command, std::string_view body) {
  auto decoded = type.decode(command, body);
  if (auto* no = std::get_if<refusal>(&decoded)) return no->code + ' ' + no->pointer;
  const decided answer = type.decide(state, *std::get<0>(decoded));
  if (auto* no = std::get_if<refusal>(&answer)) return no->code + ' ' + no->pointer;
  std::string text;
  for (const auto& event : std::get<0>(answer)) text += event.type + ' ' + event.payload;
  return text;
}

uuid digest(const aggregate_type& type, std::string_view command, std::string_view body) {
  auto decoded = type.decode(command, body);
  return std::holds_alternative<refusal>(decoded) ? uuid{} : std::get<0>(decoded)->digest;
}

} // namespace

TEST(hosted_aggregate, knows_its_commands_and_events_by_the_names_of_their_structs) {
  const auto type = host_aggregate<order::aggregate>();
  EXPECT_EQ(type->name(), "order");
  EXPECT_EQ(type->command_types(),
            (std::vector<std::string>{"create_order", "add_order_item", "cancel_order", "ship_order"}));
  EXPECT_EQ(type->event_types(),
            (std::vector<std::string>{"order_created", "order_item_added", "order_cancelled", "order_shipped"}));
}

TEST(hosted_aggregate, decides_and_folds_what_it_decided) {
  const auto type = host_aggregate<order::aggregate>();
  const auto state = type->initial();
  EXPECT_EQ(
      ask(*type, *state, "create_order", create),
      "order_created {\"customer_id\":\"ada\",\"items\":[{\"product_id\":\"pen\",\"quantity\":2,\"price\":10.00}],"
      "\"shipping_address\":{\"b\":1,\"a\":2}}");
  EXPECT_EQ(ask(*type, *state, "ship_order", ""), "order_shipped {}");
  EXPECT_EQ(ask(*type, *state, "ship_order", "{}"), "already_shipped ");
}

TEST(hosted_aggregate, a_refused_command_leaves_the_state_as_it_was) {
  const auto type = host_aggregate<order::aggregate>();
  const auto state = type->initial();
  ask(*type, *state, "create_order", create);
  const std::string before = type->encode(*state);
  EXPECT_EQ(ask(*type, *state, "add_order_item", R"({"product_id":"pen","quantity":0,"price":1})"),
            "bad_quantity /quantity");
  EXPECT_EQ(type->encode(*state), before);
}

TEST(hosted_aggregate, refuses_what_is_no_command_of_it) {
  const auto type = host_aggregate<order::aggregate>();
  const auto state = type->initial();
  EXPECT_EQ(ask(*type, *state, "destroy_order", "{}"), "unknown_command ");
  EXPECT_EQ(ask(*type, *state, "cancel_order", "{}"), "missing_field /reason");
  EXPECT_EQ(ask(*type, *state, "cancel_order", R"({"reason":"x","why":1})"), "unknown_field /why");
  EXPECT_EQ(ask(*type, *state, "cancel_order", "[]"), "wrong_type ");
  EXPECT_EQ(ask(*type, *state, "cancel_order", "{"), "malformed_json ");
  EXPECT_EQ(ask(*type, *state, "add_order_item", R"({"product_id":"p","quantity":1,"price":1.001})"),
            "wrong_type /price");
}

TEST(hosted_aggregate, equal_commands_have_equal_digests) {
  const auto type = host_aggregate<order::aggregate>();
  const uuid one = digest(*type, "create_order", create);
  EXPECT_EQ(one, digest(*type, "create_order",
                        R"( {"shipping_address" : {"a":2, "b":1}, "customer_id":"\u0061da",
                             "items":[{"price":10.0,"product_id":"pen","quantity":2}]} )"));
  EXPECT_NE(one, digest(*type, "create_order",
                        R"({"customer_id":"ada","items":[{"product_id":"pen","quantity":3,"price":10}],)"
                        R"("shipping_address":{"b":1,"a":2}})"));
  const auto account = host_aggregate<account::aggregate>();
  EXPECT_NE(digest(*account, "deposit", R"({"amount":1})"), digest(*account, "withdraw", R"({"amount":1})"));
}

TEST(hosted_aggregate, keeps_its_state_as_json) {
  const auto type = host_aggregate<order::aggregate>();
  const auto state = type->initial();
  ask(*type, *state, "create_order", create);
  const std::string text = type->encode(*state);
  const auto again = type->decode_state(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(type->encode(*again), text);
  EXPECT_EQ(type->decode_state("{"), nullptr);
  EXPECT_GT(type->footprint(*state), type->footprint(*type->initial()));
}

TEST(hosted_aggregate, one_description_has_one_hash) {
  EXPECT_EQ(host_aggregate<order::aggregate>()->description_hash(),
            host_aggregate<order::aggregate>()->description_hash());
  EXPECT_NE(host_aggregate<letter::aggregate>()->description_hash(),
            host_aggregate<letter::next_version>()->description_hash());
}

TEST(hosted_aggregate, reads_old_versions_of_events_by_its_upcasters) {
  const auto type = host_aggregate<letter::aggregate>();
  for (const auto& [version, payload] :
       {std::pair{1u, R"({"to":"ada","grams":20.5})"}, std::pair{2u, R"({"recipient":"ada","grams":20.5})"},
        std::pair{3u, R"({"recipient":"ada","grams":20.5,"fee":1.10})"}}) {
    const auto state = type->initial();
    const auto read = type->evolve(*state, event_of("letter_sent", payload, version));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(type->encode(*state), R"({"recipient":"ada","grams":20.5,"fee":1.10})");
  }
}

TEST(hosted_aggregate, stores_the_newest_version_of_an_event) {
  const auto type = host_aggregate<letter::aggregate>();
  const auto state = type->initial();
  auto command = type->decode("send_letter", R"({"recipient":"ada"})");
  const decided answer = type->decide(*state, *std::get<0>(command));
  EXPECT_EQ(std::get<0>(answer).front().type_version, 3u);
}

TEST(hosted_aggregate, an_event_it_cannot_read_is_corrupt_and_named) {
  const auto type = host_aggregate<letter::aggregate>();
  const auto state = type->initial();
  const auto why = [&](const recorded_event& event) {
    const auto read = type->evolve(*state, event);
    EXPECT_TRUE(!read && read.error().fault == store_fault::corrupt);
    return read ? std::string{} : read.error().what;
  };
  EXPECT_NE(why(event_of("letter_lost", "{}")).find("letter-7 version 3 (letter_lost version 1)"), std::string::npos);
  EXPECT_NE(why(event_of("letter_sent", "{}", 4)).find("up to version 3"), std::string::npos);
  EXPECT_NE(why(event_of("letter_sent", "{}", 0)).find("can't be read"), std::string::npos);
  EXPECT_NE(why(event_of("letter_sent", "{", 3)).find("malformed JSON"), std::string::npos);
  EXPECT_NE(why(event_of("letter_sent", R"({"grams":"x"})", 3)).find("/grams"), std::string::npos);
  EXPECT_NE(why(event_of("letter_sent", R"({"grams":1})", 1)).find("upcaster failed"), std::string::npos);
}

TEST(hosted_aggregate, a_rule_that_throws_is_a_defect_and_stores_nothing) {
  const auto type = host_aggregate<letter::aggregate>();
  const auto state = type->initial();
  EXPECT_EQ(ask(*type, *state, "send_letter", R"({"recipient":"nobody"})"), "decide_failed ");
  EXPECT_EQ(ask(*type, *state, "send_letter", R"({"recipient":"infinity"})"), "decide_failed ");
  EXPECT_EQ(ask(*type, *state, "send_letter", R"({"recipient":"latin1"})"), "decide_failed ");
  EXPECT_EQ(type->encode(*state), type->encode(*type->initial()));
  EXPECT_THROW(ask(*type, *state, "send_letter", R"({"recipient":"the void"})"), evolve_failed);
}

TEST(hosted_view, folds_the_events_of_one_order_into_its_row) {
  const auto view = host_view<order_view::view>();
  recorded_event created = event_of("order_created", std::string{create}), added, shipped;
  created.stream_id = "order-7", created.version = 1;
  added = created, added.type = "order_item_added", added.version = 2;
  added.payload = R"({"product_id":"pen","quantity":1,"price":0.05})";
  shipped = created, shipped.type = "order_shipped", shipped.payload = "{}", shipped.version = 3;
  shipped.recorded_at += 1500;
  const std::vector<const recorded_event*> all{&created, &added, &shipped};
  const auto row = view->fold("7", std::nullopt, all);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(row_json(view->definition().schema, **row),
            R"({"order_id":"7","customer_id":"ada","status":"shipped","total_amount":20.05,"item_count":2,)"
            R"("created_at":"2024-02-29T12:00:00.000Z","shipped_at":"2024-02-29T12:00:01.500Z","version":3})");

  const std::vector<const recorded_event*> first{&created}, rest{&added, &shipped};
  EXPECT_EQ(**view->fold("7", *view->fold("7", std::nullopt, first), rest), **row) << "in two steps or in one";
}

TEST(hosted_view, keeps_the_total_of_a_cancelled_order) {
  const auto view = host_view<order_view::view>();
  recorded_event created = event_of("order_created", std::string{create}), cancelled;
  created.stream_id = "order-7";
  cancelled = created, cancelled.type = "order_cancelled", cancelled.payload = R"({"reason":"x"})";
  const auto row = view->fold("7", std::nullopt, std::vector<const recorded_event*>{&created, &cancelled});
  const auto order = row_from<order_view::row>(**row);
  EXPECT_EQ(order->status, order_view::status::cancelled);
  EXPECT_EQ(order->total_amount, cents(2000));
  EXPECT_EQ(order->shipped_at, std::nullopt);
}

TEST(hosted_view, an_event_it_does_not_care_about_makes_no_row) {
  const auto view = host_view<letter::view>();
  const recorded_event other = event_of("letter_burnt", "{}");
  const auto row = view->fold("7", std::nullopt, std::vector<const recorded_event*>{&other});
  ASSERT_TRUE(row);
  EXPECT_FALSE(*row);
}

TEST(hosted_view, reads_old_versions_of_events_too) {
  const auto view = host_view<letter::view>();
  const recorded_event old = event_of("letter_sent", R"({"to":"ada","grams":1})", 1);
  const auto row = view->fold("7", std::nullopt, std::vector<const recorded_event*>{&old});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(row_json(view->definition().schema, **row), R"({"id":"7","recipient":"ada"})");
}

TEST(hosted_view, an_event_it_cannot_read_is_corrupt_and_named) {
  const auto view = host_view<letter::view>();
  const recorded_event bad = event_of("letter_sent", R"({"grams":"heavy"})", 3);
  const auto row = view->fold("7", std::nullopt, std::vector<const recorded_event*>{&bad});
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().fault, store_fault::corrupt);
  EXPECT_NE(row.error().what.find("/grams"), std::string::npos);
}

TEST(hosted_view, a_projection_may_not_change_the_key) {
  const auto view = host_view<letter::view>();
  const recorded_event event = event_of("letter_sent", R"({"recipient":"another key"})", 3);
  EXPECT_THROW(view->fold("7", std::nullopt, std::vector<const recorded_event*>{&event}), std::logic_error);
}

TEST(hosted_view, a_row_of_another_description_is_corrupt) {
  const auto view = host_view<letter::view>();
  EXPECT_EQ(view->fold("7", row_values{std::string{"7"}}, {}).error().fault, store_fault::corrupt);
}

recorded_event of_order(std::string id, stream_version version, std::string type, std::string payload = "{}") {
  auto event = event_of(std::move(type), std::move(payload));
  event.stream_id = "order-" + std::move(id);
  event.version = version;
  event.recorded_at += static_cast<unix_ms>(version);
  return event;
}

TEST(hosted_keyed_view, folds_the_orders_of_one_customer_into_a_row) {
  const auto view = host_view<customer_view::view>();
  const auto first = of_order("1", 1, "order_created", std::string{create});
  const auto second = of_order("2", 2, "order_created", std::string{create});
  const auto added = of_order("1", 3, "order_item_added", R"({"product_id":"pen","quantity":1,"price":0.05})");
  const auto shipped = of_order("1", 4, "order_shipped");
  const auto cancelled = of_order("2", 5, "order_cancelled", R"({"reason":"late"})");
  const auto third = of_order("3", 6, "order_created", std::string{create});
  const std::vector<const recorded_event*> all{&first, &second, &added, &shipped, &cancelled, &third};
  const auto row = view->fold("ada", std::nullopt, all);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(row_json(view->definition().schema, **row),
            R"({"customer_id":"ada","orders":3,"open_orders":1,"shipped_orders":1,"cancelled_orders":1,)"
            R"("total_amount":60.05,"item_count":4,"first_order_at":"2024-02-29T12:00:00.001Z",)"
            R"("last_order_at":"2024-02-29T12:00:00.006Z"})");
}

TEST(hosted_keyed_view, the_total_of_a_customer_never_overflows) {
  auto row = row_from<customer_view::row>(row_values{std::string{"ada"}, std::int64_t{1}, std::int64_t{1},
                                                     std::int64_t{0}, std::int64_t{0}, money_max.minor_units(),
                                                     std::int64_t{1}, std::int64_t{0}, std::int64_t{0}});
  EXPECT_EQ(project(*row, order::order_item_added{"pen", 1'000'000, cents(100'000'000'000)}).total_amount, money_max);
}

TEST(hosted_keyed_view, finds_the_row_of_an_event) {
  const auto view = host_view<customer_view::view>();
  ASSERT_NE(view->keys(), nullptr);
  const auto created = of_order("1", 1, "order_created", std::string{create}),
             shipped = of_order("1", 2, "order_shipped");
  EXPECT_TRUE(view->keys()->wants(created) && view->keys()->names(created));
  EXPECT_EQ(*view->keys()->key_in(created), "ada");
  EXPECT_TRUE(view->keys()->wants(shipped));
  EXPECT_FALSE(view->keys()->names(shipped)) << "it belongs where the order's first event says";
  EXPECT_NE(view->keys()->key_in(shipped).error().what.find("order-1 version 2 (order_shipped) names no row"),
            std::string::npos);
  auto elsewhere = created;
  elsewhere.stream_id = "letter-1";
  EXPECT_FALSE(view->keys()->wants(elsewhere)) << "an event of the same name of another aggregate";
  EXPECT_EQ(host_view<order_view::view>()->keys(), nullptr);
}

TEST(hosted_keyed_view, may_fold_several_aggregates_and_use_the_envelope) {
  const auto view = host_view<post_view::view>();
  EXPECT_EQ(view->definition().aggregate, "letter,account");
  const auto letter = event_of("letter_sent", R"({"recipient":"ada"})", 3);
  auto account = event_of("account_opened", R"({"owner":"ada"})");
  account.stream_id = "account-1";
  EXPECT_EQ(*view->keys()->key_in(letter), "ada 3");
  EXPECT_EQ(*view->keys()->key_in(account), std::nullopt) << "it says that it belongs to no row";
  const std::vector<const recorded_event*> all{&letter, &account};
  EXPECT_EQ(row_json(view->definition().schema, **view->fold("x", std::nullopt, all)),
            R"({"name":"x","letters":1,"accounts":1})");
}

TEST(hosted_view, is_defined_by_its_declaration) {
  const auto view = host_view<order_view::view>();
  const view_definition& orders = view->definition();
  EXPECT_EQ(orders.schema.name, "order_views");
  EXPECT_EQ(orders.aggregate, "order");
  EXPECT_EQ(orders.version, 1u);
  ASSERT_EQ(orders.schema.indexes.size(), 3u);
  EXPECT_EQ(orders.schema.indexes[0], (std::vector<std::string>{"customer_id", "created_at"}));
  EXPECT_NE(orders.description_hash, host_view<account_view::view>()->definition().description_hash);
}

namespace {

std::string planned(const query_type& query, std::string_view parameters, bool text_values = false) {
  const auto plan = query.plan(parameters, text_values);
  if (const auto* no = std::get_if<refusal>(&plan)) return no->code + ' ' + no->pointer;
  const row_selection& selection = std::get<0>(plan).selection;
  std::string text;
  for (const auto& group : selection.where) {
    text += '(';
    for (const auto& each : group)
      text += each.column + ' ' + std::to_string(static_cast<int>(each.how)) + ' ' + std::get<std::string>(each.value) +
              ';';
    text += ')';
  }
  for (const auto& order : selection.order_by) text += ' ' + order.column + (order.descending ? " desc" : " asc");
  return text + ' ' + std::to_string(selection.page) + '/' + std::to_string(selection.page_size);
}

} // namespace

TEST(hosted_query, plans_the_orders_of_a_customer) {
  const auto query = host_query<order_view::orders_of_customer>();
  EXPECT_EQ(query->name(), "orders_of_customer");
  EXPECT_EQ(query->view(), "order_views");
  EXPECT_EQ(query->acceptable_lag_ms(), 5000);
  EXPECT_EQ(query->parameters(), (std::vector<std::string>{"customer_id", "status", "page", "page_size"}));
  EXPECT_EQ(planned(*query, R"({"customer_id":"ada"})"), "(customer_id 0 ada;) created_at desc 1/20");
  EXPECT_EQ(planned(*query, R"({"customer_id":"ada","status":"shipped","page":3,"page_size":100})"),
            "(customer_id 0 ada;)(status 0 shipped;) created_at desc 3/100");
}

TEST(hosted_query, plans_a_search) {
  const auto query = host_query<order_view::search_orders>();
  EXPECT_EQ(planned(*query, ""), " created_at desc 1/20");
  EXPECT_EQ(planned(*query, R"({"q":"50%_a","sort_by":"total_amount","sort_order":"asc"})"),
            "(order_id 6 50%_a;customer_id 6 50%_a;status 6 50%_a;) total_amount asc 1/20");
  EXPECT_EQ(planned(*query, R"({"q":"","customer_id":"ada"})"), "(customer_id 0 ada;) created_at desc 1/20");
}

TEST(hosted_query, refuses_parameters_that_make_no_sense) {
  const auto query = host_query<order_view::search_orders>();
  EXPECT_EQ(planned(*query, R"({"sort_by":"shoe_size"})"), "bad_sort_by /sort_by");
  EXPECT_EQ(planned(*query, R"({"sort_order":"up"})"), "wrong_type /sort_order");
  EXPECT_EQ(planned(*query, R"({"page":0})"), "bad_page /page");
  EXPECT_EQ(planned(*query, R"({"page_size":0})"), "bad_page_size /page_size");
  EXPECT_EQ(planned(*query, R"({"page_size":101})"), "bad_page_size /page_size");
  EXPECT_EQ(planned(*query, R"({"page":99999999999})"), "bad_page /page");
  EXPECT_EQ(planned(*query, R"({"colour":"red"})"), "unknown_field /colour");
  EXPECT_EQ(planned(*query, R"({"status":"lost"})"), "wrong_type /status");
  EXPECT_EQ(planned(*host_query<order_view::orders_of_customer>(), "{}"), "missing_field /customer_id");
}

TEST(hosted_query, takes_numbers_as_text_from_a_url_only) {
  const auto query = host_query<order_view::search_orders>();
  EXPECT_EQ(planned(*query, R"({"page":"2"})", true), " created_at desc 2/20");
  EXPECT_EQ(planned(*query, R"({"page":"2"})"), "wrong_type /page");
  EXPECT_EQ(planned(*query, R"({"page":"two"})", true), "wrong_type /page");
}

TEST(hosted_query, declares_how_old_its_answer_may_be) {
  EXPECT_EQ(host_query<letter::letters_to>()->acceptable_lag_ms(), 100);
}
