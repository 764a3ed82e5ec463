#include "app/http/commands.hpp"

#include "actors/node.hpp"
#include "app/http/object_text.hpp"
#include "app/http/problem.hpp"
#include "persistence/json_document.hpp"

#include <algorithm>

namespace stele::http {
namespace {

/// What outlives the request while its command is on its way.
struct pending_command {
  std::string id_name, id, location;
  token after;
  uuid history, key;
  reply answer;
};

void add_key(response& out, const uuid& key) { out.headers.emplace_back("Idempotency-Key", to_string(key)); }

response accepted(const pending_command& mine, const acceptance& done) {
  auto at = make_token(mine.history, done.shard, done.position);
  merge(at, mine.after);
  const auto text = to_text(at);
  response out;
  out.body = object_text().text(mine.id_name, mine.id).whole("version", done.version).text("token", text).finish();
  out.headers.emplace_back("ETag", '"' + std::to_string(done.version) + '"');
  out.headers.emplace_back("X-Stele-Token", text);
  if (mine.location.empty()) return out;
  out.status = 201;
  out.headers.emplace_back("Location", mine.location);
  return out;
}

void answer_with(const pending_command& mine, const command_outcome& outcome) {
  const auto* done = std::get_if<acceptance>(&outcome);
  auto out = done ? accepted(mine, *done) : problem(std::get<refusal>(outcome));
  add_key(out, mine.key);
  mine.answer(std::move(out));
}

response late(const uuid& key) {
  auto out = problem(504, "outcome_unknown",
                     "there was no answer in time and nobody can tell whether it was done; send it again with the "
                     "Idempotency-Key of this answer");
  add_key(out, key);
  return out;
}

} // namespace

void send_command(node& shop, const http_settings& settings, const request& it, const command_key& key,
                  command_call what, reply answer) {
  const auto expected = read_if_match(it);
  if (expected.has_error()) return answer(problem(expected.error()));
  const auto after = read_after(it, shop);
  if (after.has_error()) return answer(problem(after.error()));
  answer.when_late(late(key.id));

  command_ptr mine(new command);
  mine->stream_id = what.aggregate + '-' + what.id;
  mine->type = std::move(what.type);
  mine->body = std::move(what.body);
  mine->metadata = read_metadata(it);
  mine->command_id = key.id;
  mine->expected_version = *expected;
  mine->deadline = shop.time().now() + settings.command_ms;
  mine->answer = [pending = pending_command{std::move(what.id_name), std::move(what.id), std::move(what.location),
                                            *after, shop.identity().history, key.id, std::move(answer)}](
                     const command_outcome& outcome) { answer_with(pending, outcome); };
  shop.submit(std::move(mine));
}

std::string body_of(const request& it) { return it.body.empty() ? "{}" : it.body; }

asked<std::string> body_or_query(const request& it, std::initializer_list<std::string_view> numbers) {
  object_text from_query;
  bool any = false;
  for (const auto& [name, value] : it.query) {
    if (is_common_parameter(name)) continue;
    any = true;
    const bool number = std::find(numbers.begin(), numbers.end(), name) != numbers.end() && is_json_number(value);
    number ? from_query.raw(name, value) : from_query.text(name, value);
  }
  if (!it.body.empty() && any)
    return invalid("body_and_query", "the fields must stand in the body or in the query, not in both");
  return it.body.empty() ? from_query.finish() : it.body;
}

asked<std::optional<std::string>> take_text_member(std::string& body, std::string_view name) {
  json_document document;
  if (document.read(body) || document.root().kind != json_kind::object) return std::optional<std::string>{};
  std::optional<std::string> found;
  object_text rest;
  for (const auto *key = document.root().first(), *end = document.root().end(); key != end; key = key->next()->next()) {
    const auto& value = *key->next();
    if (key->text != name) {
      std::string json;
      append_json(json, value, false);
      rest.raw(key->text, json);
      continue;
    }
    if (found || value.kind != json_kind::string)
      return invalid("bad_" + std::string(name), std::string(name) + " must be one string", pointer_step(name));
    found = value.text;
  }
  if (found) body = rest.finish();
  return found;
}

} // namespace stele::http
