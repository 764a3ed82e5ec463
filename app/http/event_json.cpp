#include "app/http/event_json.hpp"

#include "app/http/object_text.hpp"

namespace stele::http {

std::string event_json(const recorded_event& it, bool with_stream) {
  object_text out;
  if (with_stream) out.text("aggregate", aggregate_of(it.stream_id)).text("id", id_of(it.stream_id));
  out.whole("version", it.version).text("type", it.type).number("type_version", it.type_version);
  out.moment("at", it.recorded_at).raw("data", it.payload);
  if (!it.metadata.empty()) out.raw("metadata", it.metadata);
  out.text("event_id", to_string(it.event_id)).text("command_id", to_string(it.command_id));
  out.number("shard", it.shard).whole("position", it.position).whole("global_position", it.global_position);
  return out.finish();
}

} // namespace stele::http
