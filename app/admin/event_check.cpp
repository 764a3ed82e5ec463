#include "app/admin/event_check.hpp"

namespace stele::admin {

namespace {

std::string text(std::uint64_t number) { return std::to_string(number); }

std::string command_of(const uuid& command_id, const std::string& stream_id) {
  return "command " + to_string(command_id) + " of stream " + stream_id;
}

std::string part_of(std::uint32_t part, std::uint32_t parts) { return "part " + text(part) + " of " + text(parts); }

uuid stream_and_command(const recorded_event& it) {
  std::string both(reinterpret_cast<const char*>(it.command_id.bytes.data()), it.command_id.bytes.size());
  return hash_to_uuid(both + it.stream_id);
}

} // namespace

std::string place_of(const recorded_event& it) {
  return "event " + it.type + ", stream " + it.stream_id + " version " + text(it.version) + ", shard " +
         text(it.shard) + " position " + text(it.position);
}

void event_check::take(const recorded_event& it) {
  ++events_;
  check_place(it);
  check_version(it);
  check_command(it);
  if (!event_ids_.insert(it.event_id).second)
    found_.add("event_id_twice", place_of(it) + ": its id " + to_string(it.event_id) + " stands in the shard before");
}

void event_check::check_place(const recorded_event& it) {
  if (it.position != position_ + 1)
    found_.add("position_gap", "shard " + text(shard_) + ": wanted position " + text(position_ + 1) + ", found " +
                                   text(it.position) + " (" + place_of(it) + ")");
  if (it.global_position != 0 && it.global_position <= global_position_)
    found_.add("global_order", place_of(it) + ": stands at global position " + text(it.global_position) +
                                   ", before the one at " + text(global_position_) + " that precedes it in the shard");
  if (it.shard != shard_ || shard_of(it.stream_id, shards_) != shard_)
    found_.add("wrong_shard", place_of(it) + ": the stream belongs to shard " + text(shard_of(it.stream_id, shards_)));
  position_ = it.position;
  global_position_ = it.global_position;
}

void event_check::check_version(const recorded_event& it) {
  auto& version = versions_[it.stream_id];
  if (it.version != version + 1)
    found_.add("version_gap", "stream " + it.stream_id + ": wanted version " + text(version + 1) + ", found " +
                                  text(it.version) + " (" + place_of(it) + ")");
  version = it.version;
}

void event_check::check_command(const recorded_event& it) {
  const bool goes_on = last_.part < last_.parts;
  const bool same = it.command_id == last_.command_id && it.stream_id == last_.stream_id;
  const bool next = goes_on && same && it.part == last_.part + 1 && it.parts == last_.parts;
  const bool first = it.part == 1 && it.parts >= 1;
  if (goes_on && !next) end();
  if (!next && !first)
    found_.add("command_torn", command_of(it.command_id, it.stream_id) + ": " + part_of(it.part, it.parts) +
                                   " stands without the part before it (" + place_of(it) + ")");
  if (first) {
    ++commands_;
    if (!commands_seen_.insert(stream_and_command(it)).second)
      found_.add("command_twice",
                 command_of(it.command_id, it.stream_id) + ": took effect before, and again at " + place_of(it));
  }
  last_ = {it.stream_id, it.command_id, it.part, it.parts, it.position};
}

void event_check::end() {
  if (last_.part < last_.parts)
    found_.add("command_torn", command_of(last_.command_id, last_.stream_id) + ": after " +
                                   part_of(last_.part, last_.parts) + " at position " + text(last_.position) +
                                   " of shard " + text(shard_) + " its next part is missing");
}

} // namespace stele::admin
