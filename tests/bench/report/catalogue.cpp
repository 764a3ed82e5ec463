#include "tests/bench/report/catalogue.hpp"

namespace bench {

namespace {

goal at_least(double ratio) { return {goal_kind::ratio_at_least, ratio}; }
goal at_most(double ratio) { return {goal_kind::ratio_at_most, ratio}; }
goal value_at_most(double value) { return {goal_kind::value_at_most, value}; }

// clang-format off
const std::vector<measure> all = {
  {"one-lane", "writes", "PostgreSQL, 4096 callers, many orders, one lane",
   "libpq, one connection, the usual table and statement, the same batch", "events/s", at_least(0.90)},
  {"two-lanes", "writes", "PostgreSQL, 4096 callers, many orders, two lanes",
   "libpq, two connections, the same", "events/s", at_least(0.75)},
  {"16-callers", "writes", "PostgreSQL, 16 callers, each waits for its answer",
   "libpq, the same batch", "commands/s", at_least(0.80)},
  {"64-callers", "writes", "PostgreSQL, 64 callers", "libpq, the same batch", "commands/s", at_least(0.80)},
  {"100-callers", "writes", "PostgreSQL, 100 callers", "libpq, the same batch", "commands/s", at_least(0.80)},
  {"one-caller", "writes", "PostgreSQL, one caller, half of its commands are answered by then",
   "libpq, one fenced insert", "ms", at_most(1.3)},
  {"hot-order", "writes", "PostgreSQL, 256 callers on one order", "the same on many orders", "commands/s", at_least(1.2)},
  {"hot-order-commits", "writes", "PostgreSQL, 256 callers on one order",
   "libpq, a commit for each command", "commands/s", at_least(15)},
  {"with-view", "writes", "PostgreSQL, 4096 callers, with a view that follows", "without one", "commands/s", at_least(0.80)},

  {"catch-up", "catch_up", "PostgreSQL, a new view reads all events (1,000,000)",
   "libpq, read and batched upsert", "events/s", at_least(0.70)},
  {"rebuild", "catch_up", "PostgreSQL, that view is rebuilt", "libpq, read and batched upsert", "events/s", at_least(0.70)},

  {"own-look-up-p50", "reads", "PostgreSQL, 100 callers write, from the answer to the fresh row, half of them",
   "", "ms", value_at_most(0.3)},
  {"own-look-up-p99", "reads", "the same, 99 of 100", "", "ms", value_at_most(5)},
  {"own-list-p50", "reads", "PostgreSQL, 100 callers write, from the answer to the fresh list, half of them",
   "libpq, one batched upsert under that load", "ms", at_most(1.5)},
  {"look-ups", "reads", "PostgreSQL, 256 callers look rows up by id, none of them cached",
   "libpq, `ANY` of 128 on two connections", "rows/s", at_least(0.50)},

  {"http-commands", "http", "PostgreSQL, 64 callers over HTTP", "64 callers in the process", "commands/s", at_least(0.50)},
  {"http-get", "http", "PostgreSQL, 64 callers get orders over HTTP, none of them cached", "64 callers in the process", "rows/s",
   at_least(0.50)},
  {"http-get-beast", "http", "64 callers get a cached order over HTTP", "a Beast server that answers a constant", "answers/s",
   at_least(0.50)},
  {"caf-client", "client", "PostgreSQL, a CAF client in another process, 256 commands under way",
   "the same door before a node that answers at once", "commands/s", at_least(0.50)},

  {"sqlite-one-caller", "embedded", "SQLite, one caller", "SQLite, a commit for each event", "events/s", at_least(0.85)},
  {"sqlite-saturated", "embedded", "SQLite, 4096 callers", "SQLite, a loop with the same batch", "events/s", at_least(0.85)},
  {"sqlite-own-look-up-p50", "reads", "SQLite, 100 callers write, from the answer to the fresh row, half of them",
   "", "ms", value_at_most(0.5)},
  {"memory-commands", "embedded", "the store in memory, 1024 callers",
   "a CAF request and its response, 16 under way", "commands/s", at_least(0.20)},

  {"live-orders", "memory", "bytes of a live order with its state, among 100,000", "", "bytes", value_at_most(2000)},
  {"million-orders", "memory", "resident memory of a node with 1,000,000 live orders", "", "GB", value_at_most(2.0), scale::full},
  {"million-orders-budget", "memory", "the same with a budget of 256 MB, after all of them",
   "after half of them", "GB", at_most(1.1), scale::full},
  {"ten-million-rate", "ten_million", "PostgreSQL, 4096 callers, 10,000,000 events are stored", "an empty store", "commands/s",
   at_least(0.80), scale::full},
  {"ten-million-p99", "ten_million", "the same, 99 of 100 commands are answered by then", "an empty store", "ms", at_most(1.25),
   scale::full},
};
// clang-format on

} // namespace

const std::vector<measure>& catalogue() { return all; }

const measure* find_measure(const std::string& name) {
  for (const measure& it : all)
    if (it.name == name) return &it;
  return nullptr;
}

} // namespace bench
