#include "actors/hosted_event.hpp"

#include "persistence/codec.hpp"

#include <exception>

namespace stele {

namespace {

/// Nothing, or why the body can't become the newest version.
std::optional<std::string> upcast_text(const recorded_event& event, const event_form& form, const json_node& body,
                                       std::string& newest) {
  try {
    newest = upcast_body(body, event.type_version, form.type_version, form.step);
    return std::nullopt;
  } catch (const std::exception& error) { return "its upcaster failed: " + std::string{error.what()}; }
}

stored<done> hand_over(const recorded_event& event, const json_node& body,
                       const std::function<bool(const json_node&, json_reading&)>& take) {
  json_reading how;
  if (!take(body, how)) return corrupt_event(event, to_string(how.problem));
  return done{};
}

} // namespace

store_error corrupt_event(const recorded_event& event, std::string_view why) {
  return {store_fault::corrupt, event.stream_id + " version " + std::to_string(event.version) + " (" + event.type +
                                    " version " + std::to_string(event.type_version) +
                                    ") can't be read: " + std::string{why}};
}

stored<done> read_event(const recorded_event& event, const event_form& form,
                        const std::function<bool(const json_node&, json_reading&)>& take) {
  if (event.type_version > form.type_version || event.type_version == 0)
    return corrupt_event(event, "this program knows it up to version " + std::to_string(form.type_version) +
                                    "; run the program that wrote it, or a newer one");
  json_document document;
  if (auto problem = document.read(event.payload, stored_limits)) return corrupt_event(event, to_string(*problem));
  if (event.type_version == form.type_version) return hand_over(event, document.root(), take);
  std::string newest;
  if (auto why = upcast_text(event, form, document.root(), newest)) return corrupt_event(event, *why);
  json_document upcast;
  if (auto problem = upcast.read(newest, stored_limits)) return corrupt_event(event, to_string(*problem));
  return hand_over(event, upcast.root(), take);
}

} // namespace stele
