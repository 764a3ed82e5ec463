#include "app/http/openapi.hpp"

#include "app/http/object_text.hpp"

#include <map>

namespace stele::http {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

std::string type_json(const column& it) {
  const auto named = [&](std::string_view name) {
    return it.nullable ? "[" + quoted(name) + ",\"null\"]" : quoted(name);
  };
  object_text out;
  switch (it.type) {
  case column_type::text:
    out.raw("type", named("string"));
    break;
  case column_type::integer:
    out.raw("type", named("integer"));
    break;
  case column_type::real:
    out.raw("type", named("number"));
    break;
  case column_type::boolean:
    out.raw("type", named("boolean"));
    break;
  case column_type::money:
    out.raw("type", named("number")).raw("multipleOf", "0.01");
    break;
  case column_type::timestamp:
    out.raw("type", named("string")).text("format", "date-time");
    break;
  case column_type::json:
    break;
  }
  return out.finish();
}

std::string row_schema(const table_schema& schema) {
  object_text properties;
  for (const auto& each : schema.columns) properties.raw(each.name, type_json(each));
  return object_text().text("type", "object").raw("properties", properties.finish()).finish();
}

std::string schemas(const registry& hosted) {
  object_text out;
  out.raw("problem", R"({"type":"object","description":"RFC 9457","properties":{"type":{"type":"string"},)"
                     R"("title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},)"
                     R"("code":{"type":"string"},"pointer":{"type":"string"}}})");
  for (const auto& each : hosted.views) out.raw(each->name(), row_schema(each->definition().schema));
  return out.finish();
}

std::string parameter_json(std::string_view where, std::string_view name, std::string_view meaning, bool required,
                           const std::string& schema) {
  object_text out;
  out.text("name", name).text("in", where).boolean("required", required);
  if (!meaning.empty()) out.text("description", meaning);
  return out.raw("schema", schema).finish();
}

std::string path_schema(const route& it, std::string_view name, const registry& hosted) {
  object_text out;
  out.text("type", "string");
  const auto* of = name == "command" ? hosted.aggregate(it.segments.front()) : nullptr;
  if (!of) return out.finish();
  std::string names;
  for (const auto& each : of->command_types()) names += (names.empty() ? "[" : ",") + quoted(each);
  return out.raw("enum", names + ']').finish();
}

std::string parameters_json(const route& it, const registry& hosted) {
  std::string out = "[";
  const auto add = [&](const std::string& one) { out += (out.size() > 1 ? "," : "") + one; };
  for (const auto& segment : it.segments) {
    if (segment.empty() || segment.front() != '{') continue;
    const auto name = segment.substr(1, segment.size() - 2);
    add(parameter_json("path", name, {}, true, path_schema(it, name, hosted)));
  }
  for (const auto& each : it.notes.query)
    add(parameter_json("query", each.name, each.meaning, each.required, R"({"type":"string"})"));
  if (it.notes.takes_key)
    add(parameter_json("header", "Idempotency-Key", "Sent again with the same key, it has one effect.", false,
                       R"({"type":"string","minLength":1,"maxLength":255})"));
  return out + ']';
}

std::string responses_json(const route& it) {
  object_text good;
  good.text("description", it.notes.summary);
  if (!it.notes.answers.empty())
    good.raw(
        "content",
        object_text()
            .raw("application/json",
                 object_text()
                     .raw("schema", object_text().text("$ref", "#/components/schemas/" + it.notes.answers).finish())
                     .finish())
            .finish());
  return object_text()
      .raw("2XX", good.finish())
      .raw("default", R"({"description":"A problem.","content":{"application/problem+json":{"schema":)"
                      R"({"$ref":"#/components/schemas/problem"}}}})")
      .finish();
}

std::string operation_json(const route& it, const registry& hosted) {
  object_text out;
  out.text("summary", it.notes.summary).raw("parameters", parameters_json(it, hosted));
  if (!it.notes.body.empty())
    out.raw("requestBody", object_text()
                               .text("description", it.notes.body)
                               .raw("content", R"({"application/json":{"schema":{"type":"object"}}})")
                               .finish());
  return out.raw("responses", responses_json(it)).finish();
}

} // namespace

std::string openapi_json(const routes& table, const registry& hosted, const route& self) {
  std::map<std::string, object_text> paths;
  for (const auto& each : table.all()) paths[each.pattern].raw(lower(each.method), operation_json(each, hosted));
  paths[self.pattern].raw(lower(self.method), operation_json(self, hosted));
  object_text all;
  for (auto& [pattern, operations] : paths) all.raw(pattern, operations.finish());
  object_text out;
  out.text("openapi", "3.1.0").raw("info", R"({"title":"Stele","version":"1"})").raw("paths", all.finish());
  return out.raw("components", object_text().raw("schemas", schemas(hosted)).finish()).finish();
}

} // namespace stele::http
