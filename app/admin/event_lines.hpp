// Events as JSON lines: how a history travels from one store to another.
#pragma once

#include "persistence/recorded_event.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::admin {

/// The first line of an export.
struct export_header {
  uuid history;
  std::uint32_t shards = 64;
};

/// Why a line can't be read.
struct line_error {
  std::string what;
};

/// `{"stele_export":1,"history":"…","shards":64}`
std::string header_line(const export_header& it);
boost::system::result<export_header, line_error> parse_header_line(std::string_view line);

/// `{"global_position":1,"shard":3,…,"payload":{…},"metadata":{…}}`. Payload and metadata are kept byte for byte.
std::string event_line(const recorded_event& it);
boost::system::result<recorded_event, line_error> parse_event_line(std::string_view line);

/// The last line: `{"stele_export_end":true,"events":12}`; without it an export is cut off.
std::string end_line(std::uint64_t events);
bool is_end_line(std::string_view line);
boost::system::result<std::uint64_t, line_error> parse_end_line(std::string_view line);

} // namespace stele::admin
