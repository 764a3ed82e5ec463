#include "app/check/log_order.hpp"

namespace stele::check {

namespace {

std::string text(std::uint64_t number) { return std::to_string(number); }

uuid effect_id(const recorded_event& it) {
  return hash_to_uuid(std::string(reinterpret_cast<const char*>(it.command_id.bytes.data()), 16) + it.stream_id);
}

} // namespace

std::string place_of(const recorded_event& it) {
  return it.type + " of " + it.stream_id + ", version " + text(it.version) + ", shard " + text(it.shard) +
         ", position " + text(it.position) + ", command " + to_string(it.command_id);
}

bool log_order::take(const recorded_event& it) {
  check_position(it);
  check_parts(it);
  auto& version = versions_[it.stream_id];
  const bool continues = it.version == version + 1;
  if (!continues)
    out_.add("P7", "stream " + it.stream_id + ": after version " + text(version) + " version " + text(version + 1) +
                       " was wanted; found " + place_of(it));
  version = it.version;
  return continues;
}

void log_order::check_position(const recorded_event& it) {
  if (it.position != last_ + 1)
    out_.add("P8", "shard " + text(shard_) + ": after position " + text(last_) + " position " + text(last_ + 1) +
                       " was wanted; found " + place_of(it));
  if (it.shard != shard_ || shard_of(it.stream_id, shards_) != shard_)
    out_.add("P8", "shard " + text(shard_) + " holds what belongs to shard " + text(shard_of(it.stream_id, shards_)) +
                       ": " + place_of(it));
  last_ = it.position;
}

void log_order::check_parts(const recorded_event& it) {
  const bool goes_on = open_.part < open_.parts;
  const bool next = goes_on && it.command_id == open_.command_id && it.stream_id == open_.stream_id &&
                    it.part == open_.part + 1 && it.parts == open_.parts;
  if (goes_on && !next) end();
  if (!next && it.part != 1)
    out_.add("P10",
             "part " + text(it.part) + " of " + text(it.parts) + " stands without the part before it: " + place_of(it));
  if (it.part == 1 && !effects_.insert(effect_id(it)).second)
    out_.add("P5", "the command took effect before in this stream, and again: " + place_of(it));
  if (it.parts > 1 || open_.parts > 1) open_ = it;
}

void log_order::end() {
  if (open_.part < open_.parts)
    out_.add("P10", "a command has " + text(open_.parts) + " events, but after part " + text(open_.part) +
                        " the next is missing: " + place_of(open_));
  open_ = {};
}

} // namespace stele::check
