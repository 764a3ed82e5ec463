#include "actors/hosted_keyed_view.hpp"

namespace stele {

const key_rule* keyed_view_host::key_rule_of(const recorded_event& event) const {
  for (const auto& rule : keys_)
    if (rule.form.name == event.type && rule.aggregate == aggregate_of(event.stream_id)) return &rule;
  return nullptr;
}

stored<std::optional<std::string>> keyed_view_host::key_in(const recorded_event& event) const {
  const key_rule* rule = key_rule_of(event);
  if (rule == nullptr)
    return store_error{store_fault::corrupt, event.stream_id + " version " + std::to_string(event.version) + " (" +
                                                 event.type + ") names no row of " + definition().schema.name +
                                                 "; declare key_of for it in the view"};
  std::optional<std::string> key;
  const envelope at = envelope_of(event);
  const auto read = read_event(
      event, rule->form, [&](const json_node& body, json_reading& how) { return rule->read(key, body, at, how); });
  if (!read) return read.error();
  return key;
}

} // namespace stele
