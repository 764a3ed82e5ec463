#include "app/check/history_line.hpp"

#include <algorithm>
#include <array>

namespace stele::check {

namespace {

struct named_outcome {
  std::string_view name;
  outcome how;
};

constexpr std::array<named_outcome, 16> outcomes = {{{"ok", outcome::ok},
                                                     {"stale", outcome::stale},
                                                     {"unanswered", outcome::unknown},
                                                     {"invalid", outcome::by_rule},
                                                     {"not_found", outcome::by_rule},
                                                     {"rejected", outcome::rejected},
                                                     {"wrong_version", outcome::by_rule},
                                                     {"too_large", outcome::passing},
                                                     {"key_reused", outcome::reused},
                                                     {"client_limit", outcome::passing},
                                                     {"overloaded", outcome::passing},
                                                     {"unavailable", outcome::passing},
                                                     {"outcome_unknown", outcome::unknown},
                                                     {"history_changed", outcome::other_history},
                                                     {"bad_token", outcome::bad_token},
                                                     {"internal", outcome::unknown}}};

std::optional<stage> stage_of(std::string_view text) {
  for (const auto it : {stage::pending, stage::shipped, stage::cancelled})
    if (text == to_string(it)) return it;
  return std::nullopt;
}

std::string lacks(const std::string& name) { return "wanted \"" + name + "\", found none"; }

} // namespace

struct history_line::fields {
  struct one_row {
    std::string stream;
    std::uint64_t version = 0;
    state shows;
  };

  operation is;
  std::string kind, stream, command, key, customer, q, after, how, code, token;
  std::string_view body;
  std::uint64_t client = 0, invoked = 0, completed = 0;
  bool has_client = false, has_number = false, has_invoked = false, has_completed = false, has_version = false,
       has_shard = false, has_position = false, has_rows = false, has_kind = false, has_customer = false, has_q = false,
       unused = false;
  std::vector<one_row> rows;
};

std::optional<std::string> history_line::read(std::string_view text, std::uint32_t number) {
  fields it;
  in_ = json_reader(text);
  std::string at;
  const auto take = [&](std::string_view name) {
    at = name;
    return member(it, name);
  };
  if (!in_.object(take) || !in_.at_end())
    return "wanted a JSON object" + (at.empty() ? std::string() : "; found something else at or after \"" + at + "\"");
  if (auto why = check(it)) return why;
  return keep(it, number);
}

bool history_line::text(std::string& to, bool& has) {
  has = true;
  return in_.text(to);
}

bool history_line::number(std::uint64_t& to, bool& has) {
  has = true;
  return in_.whole(to);
}

bool history_line::member(fields& it, std::string_view name) {
  if (name == "client") return number(it.client, it.has_client);
  if (name == "op") return number(it.is.number, it.has_number);
  if (name == "kind") return text(it.kind, it.has_kind);
  if (name == "stream") return in_.text(it.stream);
  if (name == "command") return in_.text(it.command);
  if (name == "key") return in_.text(it.key);
  if (name == "body") return in_.raw(it.body);
  if (name == "customer") return text(it.customer, it.has_customer);
  if (name == "q") return text(it.q, it.has_q);
  if (name == "after") return in_.text(it.after);
  if (name == "invoked_us") return number(it.invoked, it.has_invoked);
  if (name == "completed_us") return number(it.completed, it.has_completed);
  if (name == "outcome") return in_.text(it.how);
  if (name == "code") return in_.text(it.code);
  if (name == "version") return number(it.is.version, it.has_version);
  if (name == "position") return number(it.is.position, it.has_position);
  if (name == "total") return in_.whole(it.is.total);
  if (name == "token") return in_.text(it.token);
  if (name == "rows") return rows(it);
  if (name == "shard") {
    std::uint64_t shard = 0;
    return number(shard, it.has_shard) && (it.is.shard = static_cast<std::uint32_t>(shard), true);
  }
  if (name == "repeated") {
    bool repeated = false;
    return in_.truth(repeated) && (it.is.repeated = repeated ? 1 : 0, true);
  }
  return in_.skip(); // Of a later version, or for people.
}

bool history_line::rows(fields& it) {
  it.has_rows = true;
  return in_.array([&] { return row(it); });
}

bool history_line::row(fields& it) {
  fields::one_row out;
  std::string text;
  std::uint64_t cents = 0;
  bool order = false;
  const auto take = [&](std::string_view name) {
    if (name == "order_id" || name == "account_id") {
      order = name == "order_id";
      if (!in_.text(text)) return false;
      out.stream = (order ? "order-" : "account-") + text;
      if (!order) out.shows.at = stage::open;
      return true;
    }
    if (name == "version") return in_.whole(out.version);
    if (name == "item_count" || name == "movements") return in_.whole(out.shows.count);
    if (name == "total_cents" || name == "balance_cents")
      return in_.whole(cents) && (out.shows.cents = static_cast<std::int64_t>(cents), true);
    if (name == "customer_id" || name == "owner") return in_.text(text) && (out.shows.who = hash_of(text), true);
    if (name != "status") return in_.skip();
    if (!in_.text(text)) return false;
    const auto at = stage_of(text);
    if (at) out.shows.at = *at;
    return at.has_value();
  };
  if (!in_.object(take) || out.stream.empty() || out.version == 0 || out.shows.at == stage::none) return false;
  it.rows.push_back(std::move(out));
  return true;
}

std::optional<std::string> history_line::check(const fields& it) const {
  if (!it.has_client) return lacks("client");
  if (!it.has_number) return lacks("op");
  if (!it.has_kind) return lacks("kind");
  if (!it.has_invoked) return lacks("invoked_us");
  if (it.how.empty()) return lacks("outcome");
  if (it.has_completed && it.completed < it.invoked)
    return "wanted \"completed_us\" not before \"invoked_us\" " + std::to_string(it.invoked) + ", found " +
           std::to_string(it.completed);
  if (!it.has_completed && it.how != "unanswered") return lacks("completed_us") + "; only \"unanswered\" has none";
  const bool ok = it.how == "ok" || it.how == "stale";
  if (it.command.empty()) {
    if (ok && !it.has_rows) return lacks("rows");
    if (it.stream.empty() && !it.has_customer && !it.has_q) return lacks("stream\", \"customer\" or \"q");
    return std::nullopt;
  }
  if (it.stream.empty()) return lacks("stream");
  if (it.body.empty()) return lacks("body");
  if (it.how == "stale") return "a command can't be \"stale\"";
  if (ok && !it.has_version) return lacks("version");
  if (ok && !it.has_shard) return lacks("shard");
  if (ok && !it.has_position) return lacks("position");
  return std::nullopt;
}

std::optional<std::string> history_line::keep(fields& it, std::uint32_t number) {
  auto& out = it.is;
  const auto known =
      std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& each) { return each.name == it.how; });
  if (known == outcomes.end()) return "\"outcome\": wanted ok, stale, unanswered or a kind of refusal, found " + it.how;
  out.how = known->how;
  if (auto why = token(it.after, out.after)) return "\"after\": " + *why;
  if (auto why = token(it.token, out.token)) return "\"token\": " + *why;
  out.line = number;
  out.client = static_cast<std::uint32_t>(it.client);
  out.invoked = static_cast<std::int64_t>(it.invoked);
  out.completed = it.has_completed ? static_cast<std::int64_t>(it.completed) : never;
  if (!it.command.empty())
    if (auto why = keep_command(it, out)) return why;
  out.kind = to_.word(it.kind);
  out.code = to_.word(it.code.empty() ? it.how : it.code);
  out.list = it.command.empty() && it.stream.empty();
  if (it.command.empty() && !out.list) out.stream = to_.stream(it.stream);
  if (it.has_customer && out.list) out.customer = to_.customer(hash_of(it.customer));
  if (it.command.empty() && it.has_rows) keep_rows(it, out);
  to_.operations.push_back(out);
  return std::nullopt;
}

std::optional<std::string> history_line::token(const std::string& text, std::uint32_t& to) {
  if (text.empty()) return std::nullopt;
  const auto number = to_.tokens.add(text);
  if (!number) return "wanted a token, found '" + text + "'";
  to = *number;
  return std::nullopt;
}

std::optional<std::string> history_line::keep_command(const fields& it, operation& out) {
  const auto key = parse_uuid(it.key);
  if (!key) return "\"key\": wanted a command id of 36 characters, found '" + it.key + "'";
  out.command = to_.command(*key, to_.stream(it.stream));
  out.asked = static_cast<std::uint32_t>(to_.deeds.size());
  to_.deeds.push_back(read_deed(it.command, it.body));
  auto& command = to_.commands[out.command];
  const auto mine = static_cast<std::uint32_t>(to_.operations.size());
  if (command.first == nothing)
    command.first = mine;
  else
    to_.operations[command.last].next = mine;
  command.last = mine;
  return std::nullopt;
}

void history_line::keep_rows(const fields& it, operation& out) {
  const auto mine = static_cast<std::uint32_t>(to_.operations.size());
  out.row = static_cast<std::uint32_t>(to_.rows.size());
  for (const auto& each : it.rows) to_.rows.push_back({to_.stream(each.stream), mine, each.version, each.shows});
  if (!out.list && it.rows.empty()) to_.rows.push_back({out.stream, mine, 0, {}});
  out.rows = static_cast<std::uint32_t>(to_.rows.size()) - out.row;
}

} // namespace stele::check
