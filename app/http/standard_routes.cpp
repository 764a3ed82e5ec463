#include "app/http/standard_routes.hpp"

#include "actors/node.hpp"
#include "app/http/admin_routes.hpp"
#include "app/http/cluster_routes.hpp"
#include "app/http/commands.hpp"
#include "app/http/event_routes.hpp"
#include "app/http/openapi.hpp"
#include "app/http/problem.hpp"
#include "app/http/reads.hpp"
#include "app/http/streams.hpp"

#include <algorithm>

namespace stele::http {
namespace {

using shared_settings = std::shared_ptr<const http_settings>;

const query_parameter after_token{"after", "Token of an earlier answer: wait until it is in this one. May repeat."};
const query_parameter wait_time{"timeout", "How long to wait for it: milliseconds, or 2s."};

refusal unknown_command(const aggregate_type& of) {
  std::string names;
  for (const auto& each : of.command_types()) names += (names.empty() ? "" : ", ") + each;
  return {
      refusal_kind::not_found, "unknown_command", std::string(of.name()) + " has no such command; it has " + names, {}};
}

refusal no_row(const std::string& view) {
  return {refusal_kind::not_found, "unknown_key", "there is no row of that key in " + view, {}};
}

// The id `new` asks for one: made of the key, so that a retry finds the same aggregate.
void run_command(node& shop, const http_settings& settings, const aggregate_type& of, const request& it,
                 const reply& answer) {
  const auto& type = it.parameter("command");
  const auto types = of.command_types();
  if (std::find(types.begin(), types.end(), type) == types.end()) return answer(problem(unknown_command(of)));
  if (const auto wrong = check_query(it, {})) return answer(problem(*wrong));
  const auto key = read_key(it, shop);
  if (key.has_error()) return answer(problem(key.error()));
  const auto id = it.parameter("id") == "new" ? to_string(key->id) : it.parameter("id");
  if (const auto wrong = check_id(id)) return answer(problem(*wrong));
  send_command(shop, settings, it, *key, {std::string(of.name()), id, type, body_of(it), "id", {}}, answer);
}

void add_aggregate(routes& table, node& shop, const shared_settings& settings, const aggregate_type& of) {
  const std::string name(of.name()), path = '/' + name + "/{id}";
  table.add(
      "POST", path + "/{command}",
      [&shop, settings, &of](const request& it, const reply& answer) { run_command(shop, *settings, of, it, answer); },
      {"Sends a command to one " + name + "; the id `new` makes one.", {}, "The fields of the command.", {}, true});
  table.add("GET", path + "/state",
            [&shop, name](const request& it, reply answer) {
              answer_state(shop, it, name, it.parameter("id"), std::move(answer));
            },
            {"The state of one " + name + ", now or then.",
             {{"at_version", "A version of its stream, from 1."}, {"at", "A moment, RFC 3339."}, after_token},
             {},
             {}});
  table.add(
      "GET", path + "/events",
      [&shop, settings, name](const request& it, reply answer) {
        answer_events(shop, *settings, it, name, it.parameter("id"), "id", std::move(answer));
      },
      {"What happened to one " + name + '.',
       {{"after_version", "Begin behind this version."}, {"limit", "100 unless said, 1000 at most."}, after_token},
       {},
       {}});
}

std::vector<query_parameter> column_filters(const table_schema& schema) {
  std::vector<query_parameter> out;
  for (const auto& each : schema.columns)
    if (each.type != column_type::json)
      out.push_back({each.name, "Equal to this; also with .ne .lt .lte .gt .gte .contains behind the name."});
  out.insert(out.end(), {{"sort_by", "A column."},
                         {"sort_order", "asc or desc."},
                         {"page", "From 1."},
                         {"page_size", "20 unless said, 100 at most."},
                         after_token,
                         wait_time});
  return out;
}

void add_view(routes& table, node& shop, const shared_settings& settings, const view_type& of) {
  const auto& schema = of.definition().schema;
  table.add("GET", '/' + schema.name + "/{key}",
            [&shop, settings, name = schema.name](const request& it, reply answer) {
              look_up(shop, *settings, it, name, it.parameter("key"), no_row(name), std::move(answer));
            },
            {"One row of " + schema.name + '.', {after_token, wait_time}, {}, schema.name});
  table.add("GET", '/' + schema.name,
            [&shop, settings, &schema](const request& it, reply answer) {
              list_rows(shop, *settings, it, schema, std::move(answer));
            },
            {"Rows of " + schema.name + " by condition.", column_filters(schema), {}, schema.name});
}

void add_query(routes& table, node& shop, const shared_settings& settings, const query_type& of) {
  const std::string name(of.name());
  std::vector<query_parameter> parameters;
  for (auto& each : of.parameters()) parameters.push_back({std::move(each), {}});
  parameters.insert(parameters.end(), {after_token, wait_time});
  table.add("GET", "/queries/" + name,
            [&shop, settings, name](const request& it, reply answer) {
              run_query(shop, *settings, it, name, {}, std::move(answer));
            },
            {"Asks " + name + '.', std::move(parameters), {}, std::string(of.view())});
}

} // namespace

void add_standard_routes(routes& table, node& shop, const http_settings& settings,
                         std::shared_ptr<server_counters> counters) {
  const auto shared = std::make_shared<const http_settings>(settings);
  add_health_routes(table, shop, counters);
  add_admin_routes(table, shop);
  add_cluster_routes(table, shop);
  add_event_routes(table, shop, shared, counters);
  for (const auto& each : shop.hosted().aggregates) add_aggregate(table, shop, shared, *each);
  for (const auto& each : shop.hosted().views) add_view(table, shop, shared, *each);
  for (const auto& each : shop.hosted().queries) add_query(table, shop, shared, *each);
  const route_notes notes{"This description.", {}, {}, {}};
  auto text = openapi_json(table, shop.hosted(), {"GET", "/openapi.json", {}, {}, notes});
  table.add(
      "GET", "/openapi.json",
      [text = std::move(text)](const request&, const reply& answer) {
        answer({200, text, "application/json", {}});
      },
      notes);
}

} // namespace stele::http
