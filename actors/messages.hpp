// What actors of the write side and the read side say to each other. Each side keeps its own words in its own files.
#pragma once

#include "persistence/recorded_event.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace stele {

/// From a lane to every projector: these events are durable. In commit order per lane; a projector that misses some
/// (started later, fell behind) reads them from the store.
struct committed_events {
  event_batch events;
};

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::committed_events)
