#include "app/admin/ask.hpp"
#include "app/admin/event_lines.hpp"
#include "app/admin/transfer.hpp"
#include "app/admin/verify.hpp"
#include "domain/account.hpp"
#include "persistence/memory/memory_store.hpp"
#include "tests/app/order_shop.hpp"

#include <sstream>

namespace stele::admin {
namespace {

std::vector<recorded_event> all_events(store& of) {
  auto events = ask<std::vector<recorded_event>>([&](auto reply) { of.events().read_all(0, 10'000, reply); });
  EXPECT_TRUE(events);
  return events ? std::move(*events) : std::vector<recorded_event>{};
}

// The lines of an export of a store on disk with some orders in it, and the events themselves.
class transfer_test : public testing::Test {
protected:
  void SetUp() override {
    {
      order_shop shop(sqlite_config(file_));
      for (int i = 0; i < 30; ++i) {
        shop.send<order::aggregate>(std::to_string(i), an_order("a\n\"da\\ \xc3\xa9")).value();
        shop.send<order::aggregate>(std::to_string(i), order::cancel_order{"{late},[x]\"}"}).value();
      }
    }
    auto opened = open_store({.uri = "sqlite:" + file_, .read_only = true});
    ASSERT_TRUE(opened) << opened.error().what;
    events_ = all_events(**opened);
    std::ostringstream out;
    const auto moved = export_events(**opened, out, {});
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(moved->events, 60u);
    text_ = out.str();
    std::istringstream in(text_);
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }

  std::string joined() const {
    std::string all;
    for (const auto& line : lines_) all += line + '\n';
    return all;
  }

  // What an import of the lines as they are now says; empty: it was done.
  std::string import_into(const std::string& uri, std::uint32_t shards_wanted = 0) {
    std::istringstream in(joined());
    const auto open = [&](std::uint32_t shards) {
      return open_store({.uri = uri, .shards = shards_wanted != 0 ? shards_wanted : shards});
    };
    const auto moved = import_events(in, open, {});
    return moved ? "" : moved.error();
  }

  std::string import_somewhere() { return import_into("sqlite:" + folder_.file("to-" + std::to_string(++made_))); }

  temporary_folder folder_;
  std::string file_ = folder_.file("shop.db"), text_;
  std::vector<std::string> lines_;
  std::vector<recorded_event> events_;
  int made_ = 0;
};

void expect_same(const recorded_event& a, const recorded_event& b) {
  EXPECT_EQ(a.shard, b.shard);
  EXPECT_EQ(a.position, b.position);
  EXPECT_EQ(a.stream_id, b.stream_id);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.event_id, b.event_id);
  EXPECT_EQ(a.command_id, b.command_id);
  EXPECT_EQ(a.command_digest, b.command_digest);
  EXPECT_EQ(a.part, b.part);
  EXPECT_EQ(a.parts, b.parts);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.type_version, b.type_version);
  EXPECT_EQ(a.payload, b.payload);
  EXPECT_EQ(a.metadata, b.metadata);
  EXPECT_EQ(a.recorded_at, b.recorded_at);
}

TEST_F(transfer_test, what_is_exported_and_imported_is_the_same_history) {
  const auto uri = "sqlite:" + folder_.file("new.db");
  ASSERT_EQ(import_into(uri), "");
  auto opened = open_store({.uri = uri, .read_only = true});
  ASSERT_TRUE(opened) << opened.error().what;
  const auto moved = all_events(**opened);
  ASSERT_EQ(moved.size(), events_.size());
  for (std::size_t i = 0; i < moved.size(); ++i) expect_same(moved[i], events_[i]);
}

TEST_F(transfer_test, an_imported_store_verifies_and_goes_on) {
  const auto file = folder_.file("new.db");
  ASSERT_EQ(import_into("sqlite:" + file), "");
  {
    order_shop shop(sqlite_config(file));
    EXPECT_EQ(shop.send<order::aggregate>("0", order::ship_order{}).error().code, "already_cancelled");
    EXPECT_EQ(shop.send<order::aggregate>("new", an_order("ada")).value().version, 1u);
  }
  const order_shop names(in_memory());
  auto opened = open_store({.uri = "sqlite:" + file, .read_only = true});
  const auto report = verify(**opened, names.hosted(), {});
  ASSERT_TRUE(report);
  for (const auto& it : report->found.all()) ADD_FAILURE() << it.kind << ": " << it.first;
  EXPECT_EQ(report->events, 61u);
  EXPECT_EQ(report->views.front().rows, 31u);
}

TEST_F(transfer_test, an_export_that_is_cut_off_is_refused) {
  lines_.pop_back();
  EXPECT_EQ(import_somewhere(), "line 62: the export is cut off: its last line is missing");
}

TEST_F(transfer_test, an_export_with_another_count_is_refused) {
  lines_.back() = end_line(61);
  EXPECT_EQ(import_somewhere(), "line 62: wanted 61 events, found 60");
}

TEST_F(transfer_test, a_line_left_out_is_refused_with_the_gap_it_leaves) {
  std::size_t second = 0; // A line whose stream goes on after it.
  for (std::size_t i = 1; i + 1 < lines_.size() && second == 0; ++i)
    if (events_[i - 1].version == 1) second = i;
  lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(second));
  EXPECT_NE(import_somewhere().find("wanted position 1, found 2"), std::string::npos);
}

TEST_F(transfer_test, an_event_in_a_shard_that_is_not_its_own_is_refused) {
  auto moved = events_.front();
  moved.shard = (moved.shard + 1) % 64;
  lines_[1] = event_line(moved);
  EXPECT_NE(import_somewhere().find("the stream belongs to shard"), std::string::npos);
}

TEST_F(transfer_test, a_line_that_cant_be_read_is_refused_with_its_number_and_what_was_wanted) {
  lines_[3] = "{\"global_position\":\"x\"}";
  EXPECT_EQ(import_somewhere(), "line 4: 'global_position': wanted a whole number");
  lines_[3] = "[1";
  EXPECT_EQ(import_somewhere().rfind("line 4: wanted a JSON object", 0), 0u);
  lines_[0] = "{}";
  EXPECT_EQ(import_somewhere(), "line 1: 'stele_export': wanted a member of that name");
}

TEST_F(transfer_test, a_store_with_events_is_refused) {
  EXPECT_EQ(import_into("sqlite:" + file_), "the store has events already; import into an empty one");
}

TEST_F(transfer_test, a_store_with_another_number_of_shards_is_refused) {
  EXPECT_EQ(import_into("sqlite:" + folder_.file("few.db"), 8),
            "the store has 8 shards, the export 64; import into a new store");
}

TEST(event_lines, payload_and_metadata_are_kept_byte_for_byte) {
  recorded_event it;
  it.stream_id = "order-7";
  it.type = "order_created";
  it.payload = R"({"a": 20.00,"b":"},{\"","c":[1e2,{"payload":1}] , "d":-0.0})";
  it.metadata = R"({"payload":{"x":1}})";
  it.recorded_at = -5;
  const auto read = parse_event_line(event_line(it));
  ASSERT_TRUE(read) << read.error().what;
  expect_same(*read, it);
}

} // namespace
} // namespace stele::admin
