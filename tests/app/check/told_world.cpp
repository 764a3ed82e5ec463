#include "tests/app/check/told_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace stele::check {

namespace {

const std::map<std::string, std::string> events = {
    {"create_order", "order_created"}, {"add_order_item", "order_item_added"}, {"cancel_order", "order_cancelled"},
    {"ship_order", "order_shipped"},   {"open_account", "account_opened"},     {"deposit", "deposited"},
    {"withdraw", "withdrawn"}};

} // namespace

std::size_t told_world::line_at(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) throw std::out_of_range("no line " + name);
  return static_cast<std::size_t>(found - names_.begin());
}

json::object& told_world::add_line(const std::string& name, int client, const std::string& kind, during when) {
  names_.push_back(name);
  return lines_.emplace_back(json::object{{"client", client},
                                          {"op", lines_.size() + 1},
                                          {"kind", kind},
                                          {"invoked_us", when.invoked},
                                          {"completed_us", when.completed}});
}

json::object& told_world::add_command(const std::string& name, int client, const std::string& stream,
                                      const std::string& command, const std::string& body, during when) {
  auto& it = add_line(name, client, "command", when);
  it["stream"] = stream;
  it["command"] = command;
  it["key"] = to_string(hash_to_uuid(name));
  it["body"] = json::parse(body);
  return it;
}

void told_world::event_only(const std::string& name, const std::string& stream, const std::string& command,
                            const std::string& body) {
  recorded_event it;
  it.stream_id = stream;
  it.shard = shard_of(stream, shards);
  it.position = ++heads_[it.shard];
  it.version = ++versions_[stream];
  it.command_id = hash_to_uuid(name);
  it.event_id = hash_to_uuid("event " + name);
  it.type = events.at(command);
  it.payload = body;
  event_at_[name] = log_.size();
  log_.push_back(std::move(it));
}

void told_world::done(const std::string& name, int client, const std::string& stream, const std::string& command,
                      const std::string& body, during when) {
  event_only(name, stream, command, body);
  auto& it = add_command(name, client, stream, command, body, when);
  it["outcome"] = "ok";
  it["version"] = event(name).version;
  it["shard"] = event(name).shard;
  it["position"] = event(name).position;
  it["repeated"] = false;
  it["token"] = token(name);
}

void told_world::refused(const std::string& name, int client, const std::string& stream, const std::string& command,
                         const std::string& body, during when, const std::string& outcome, const std::string& code) {
  auto& it = add_command(name, client, stream, command, body, when);
  it["outcome"] = outcome;
  it["code"] = code;
}

void told_world::again(const std::string& name, const std::string& first, int client, during when) {
  auto copy = line(first);
  auto& it = add_line(name, client, "retry", when);
  for (const auto* field : {"stream", "command", "key", "body"}) it[field] = copy[field];
  it["outcome"] = "ok";
  it["version"] = event(first).version;
  it["shard"] = event(first).shard;
  it["position"] = event(first).position;
  it["repeated"] = true;
  it["token"] = token(first);
}

void told_world::look_up(const std::string& name, int client, const std::string& stream, const std::string& row,
                         during when) {
  auto& it = add_line(name, client, "look-up", when);
  it["stream"] = stream;
  it["outcome"] = "ok";
  it["rows"] = json::parse("[" + row + "]");
  if (versions_.count(stream) != 0)
    it["token"] = token_of({{shard_of(stream, shards), heads_[shard_of(stream, shards)]}});
}

void told_world::list(const std::string& name, int client, const std::string& customer, const std::string& rows,
                      during when) {
  auto& it = add_line(name, client, "list", when);
  it["customer"] = customer;
  it["outcome"] = "ok";
  it["rows"] = json::parse("[" + rows + "]");
  it["total"] = it["rows"].as_array().size();
  it["token"] = everything();
}

void told_world::move(const std::string& name, during when) {
  line(name)["invoked_us"] = when.invoked;
  line(name)["completed_us"] = when.completed;
}

void told_world::keep(const std::string& stream, stream_version version, const std::string& json_text) {
  snapshot it;
  it.stream_id = stream;
  it.version = version;
  it.state = json_text;
  snapshots_[stream] = read_snapshot(it).value();
}

std::string told_world::token_of(const std::vector<std::pair<shard_number, shard_position>>& positions) const {
  return to_text(stele::token{history_, positions});
}

std::string told_world::token(const std::string& name, std::int64_t more) const {
  const auto& it = log_.at(event_at_.at(name));
  return token_of({{it.shard, it.position + static_cast<shard_position>(more)}});
}

std::string told_world::foreign_token() const { return to_text(make_token(hash_to_uuid("another store"), 0, 1)); }

std::string told_world::everything() const { return token_of({heads_.begin(), heads_.end()}); }

std::string told_world::text() const {
  std::string out;
  for (const auto& it : lines_)
    if (!it.empty()) out += json::serialize(it) + '\n';
  return out;
}

verdicts told_world::checked(const std::string& history_text, bool only) const {
  std::istringstream in(history_text);
  history told;
  const auto why = read_history(in, told);
  EXPECT_EQ(why, std::nullopt) << *why;
  log_source log;
  log.history = history_;
  log.shards = shards;
  log.snapshots = snapshots_;
  log.read = [this](shard_number shard, const auto& take) {
    for (const auto& it : log_)
      if (it.shard == shard) take(it);
    return stored<stele::done>(stele::done{});
  };
  auto what = check(told, log, {only, {}});
  EXPECT_TRUE(what);
  return std::move(*what);
}

std::string first_promise(const verdicts& what) { return what.found.none() ? "clean" : what.found.all().front().kind; }

std::string first_sentence(const verdicts& what) { return what.found.none() ? "" : what.found.all().front().first; }

} // namespace stele::check
