// Every event that was ever stored can still be read, under the name it was stored by.

#include "actors/hosted.hpp"
#include "domain/account.hpp"
#include "domain/account_view.hpp"
#include "domain/customer_view.hpp"
#include "domain/order.hpp"
#include "domain/order_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace stele;
namespace json = boost::json;

std::filesystem::path golden_folder() { return std::filesystem::path{__FILE__}.parent_path().parent_path() / "golden"; }

struct golden_sample {
  recorded_event event;
  std::string state; ///< After this event.
};

/// One sample a line: `{"type", "type_version", "payload", "state"}`; payload and state as the texts that were stored.
std::vector<golden_sample> samples_of(const std::string& aggregate) {
  std::ifstream file{golden_folder() / (aggregate + ".jsonl")};
  EXPECT_TRUE(file) << "tests/golden/" << aggregate << ".jsonl is missing";
  std::vector<golden_sample> samples;
  for (std::string line; std::getline(file, line);) {
    const json::value read = json::parse(line);
    recorded_event event;
    event.stream_id = aggregate + "-7";
    event.version = samples.size() + 1;
    event.type = read.at("type").as_string();
    event.type_version = static_cast<std::uint32_t>(read.at("type_version").as_int64());
    event.payload = read.at("payload").as_string();
    event.recorded_at = 1700000000000 + static_cast<unix_ms>(event.version);
    samples.push_back({std::move(event), std::string{read.at("state").as_string()}});
  }
  return samples;
}

void expect_readable(const aggregate_type& type) {
  std::unique_ptr<any_state> state;
  std::set<std::string> seen;
  const auto samples = samples_of(std::string{type.name()});
  for (const auto& sample : samples) {
    // What creates an aggregate begins a new story.
    if (sample.event.type == samples.front().event.type) state = type.initial();
    const auto read = type.evolve(*state, sample.event);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(type.encode(*state), sample.state) << "after " << sample.event.type;
    seen.insert(sample.event.type);
  }
  for (const auto& event : type.event_types())
    EXPECT_TRUE(seen.contains(event)) << "tests/golden has no sample of " << event << ": add one, edit none";
}

} // namespace

TEST(golden, every_stored_order_event_is_read_as_it_was) { expect_readable(*host_aggregate<::order::aggregate>()); }
TEST(golden, every_stored_account_event_is_read_as_it_was) { expect_readable(*host_aggregate<::account::aggregate>()); }

TEST(golden, names_of_views_and_their_columns_stay) {
  const auto columns = [](const view_type& view) {
    std::string names{view.name()};
    for (const auto& column : view.definition().schema.columns) names += ' ' + column.name;
    return names;
  };
  EXPECT_EQ(columns(*host_view<order_view::view>()),
            "order_views order_id customer_id status total_amount item_count created_at shipped_at version");
  EXPECT_EQ(columns(*host_view<customer_view::view>()),
            "customer_summaries customer_id orders open_orders shipped_orders cancelled_orders total_amount item_count "
            "first_order_at last_order_at");
  EXPECT_EQ(columns(*host_view<account_view::view>()), "account_views account_id owner balance movements version");
}
