#include "app/gateway/translate.hpp"

#include "actors/trace.hpp"
#include "persistence/json_text.hpp"

#include <algorithm>

namespace stele::gateway {

namespace {

constexpr std::size_t event_bytes = 128; ///< Of an event in a frame, beside its texts; rounded up.

bool is_letter_or_digit(char it) {
  return (it >= 'a' && it <= 'z') || (it >= 'A' && it <= 'Z') || (it >= '0' && it <= '9');
}

bool is_id(std::string_view text) {
  const auto allowed = [](char it) {
    return is_letter_or_digit(it) || std::string_view{"._~-"}.find(it) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_name(std::string_view text) {
  const auto allowed = [](char it) { return is_letter_or_digit(it) || it == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

refusal invalid(std::string code, std::string message) {
  return {refusal_kind::invalid, std::move(code), std::move(message), {}};
}

/// The token a client sent; nothing when it is damaged.
std::optional<token> read_token(const std::string& text) {
  if (text.empty()) return token{};
  return parse_token(text);
}

refusal bad_token() {
  return {refusal_kind::bad_token,
          "bad_token",
          "`after` is not a token of this server: send one of its answers' tokens unchanged, or none.",
          {}};
}

std::string text_or_nothing(const token& it) { return it.empty() ? std::string{} : to_text(it); }

} // namespace

std::variant<std::string, refusal> stream_id_of(const std::string& aggregate, const std::string& id) {
  if (!is_name(aggregate))
    return invalid("bad_aggregate",
                   "The aggregate's name is '" + aggregate + "', wanted letters, digits and `_`, as in `order`.");
  if (!is_id(id)) return invalid("bad_id", "The id is '" + id + "', wanted 1 to 128 of letters, digits and `._~-`.");
  return aggregate + "-" + id;
}

std::variant<command_ptr, refusal> to_command(command_request it, unix_ms deadline) {
  auto stream_id = stream_id_of(it.aggregate, it.id);
  if (auto* why = std::get_if<refusal>(&stream_id)) return std::move(*why);
  if (it.command_id == uuid{})
    return invalid("no_command_id", "The command has no id: without one it can't be sent again safely.");
  command_ptr made{new command};
  made->stream_id = std::move(std::get<std::string>(stream_id));
  made->type = std::move(it.type);
  made->body = std::move(it.body);
  made->metadata = trace_metadata(it.traceparent);
  made->command_id = it.command_id;
  made->expected_version = it.expected_version;
  made->deadline = deadline;
  return made;
}

std::variant<query_ptr, refusal> to_query(lookup_request it, std::int64_t timeout_ms) {
  auto after = read_token(it.after);
  if (!after) return bad_token();
  if (it.key.empty() || !is_utf8(it.key)) // That of a keyed view may be any text.
    return invalid("bad_key", "A look-up needs a key, as UTF-8.");
  query_ptr made{new query};
  made->view = std::move(it.view);
  made->key = std::move(it.key);
  made->after = std::move(*after);
  made->timeout_ms = timeout_ms;
  return made;
}

std::variant<query_ptr, refusal> to_query(query_request it, std::int64_t timeout_ms) {
  auto after = read_token(it.after);
  if (!after) return bad_token();
  if (!is_name(it.name))
    return invalid("bad_query", "The query's name is '" + it.name + "', wanted letters, digits and `_`.");
  query_ptr made{new query};
  made->name = std::move(it.name);
  made->parameters = it.parameters.empty() ? "{}" : std::move(it.parameters);
  made->after = std::move(*after);
  made->timeout_ms = timeout_ms;
  return made;
}

response to_response(const command_outcome& outcome, const uuid& history) {
  if (const auto* why = std::get_if<refusal>(&outcome)) return *why;
  const auto& it = std::get<acceptance>(outcome);
  const auto reached = it.position == 0 ? token{} : make_token(history, it.shard, it.position);
  return accepted{it.version, text_or_nothing(reached), it.changed, it.repeated};
}

response to_response(const query_outcome& outcome) {
  if (const auto* why = std::get_if<refusal>(&outcome)) return *why;
  const auto& it = std::get<found_rows>(outcome);
  found answer;
  answer.rows.reserve(it.page.rows.size());
  for (const auto& row : it.page.rows) answer.rows.push_back(row_json(*it.schema, row));
  answer.total = it.page.total;
  answer.page = it.page_number;
  answer.page_size = it.page_size;
  answer.token = text_or_nothing(it.as_of.at);
  answer.stale = it.as_of.stale;
  answer.lag_ms = it.as_of.lag_ms;
  return answer;
}

response to_response(std::variant<event_page, refusal> outcome, std::size_t bytes_max) {
  if (const auto* why = std::get_if<refusal>(&outcome)) return *why;
  auto& page = std::get<event_page>(outcome);
  found_events answer{{}, page.next, page.more};
  std::size_t bytes = 0;
  for (auto& it : page.events) {
    bytes += event_bytes + it.stream_id.size() + it.type.size() + it.payload.size() + it.metadata.size();
    if (bytes > bytes_max && !answer.events.empty()) {
      answer.next = answer.events.back().global_position;
      answer.more = true;
      break;
    }
    answer.events.push_back({it.global_position, std::string(aggregate_of(it.stream_id)),
                             std::string(id_of(it.stream_id)), it.version, std::move(it.type), it.type_version,
                             it.recorded_at, std::move(it.payload), std::move(it.metadata), it.event_id, it.command_id,
                             it.shard, it.position});
  }
  return answer;
}

response to_response(const std::variant<state_at, refusal>& outcome) {
  if (const auto* why = std::get_if<refusal>(&outcome)) return *why;
  const auto& it = std::get<state_at>(outcome);
  return past_state{it.version, it.at, it.state};
}

} // namespace stele::gateway
