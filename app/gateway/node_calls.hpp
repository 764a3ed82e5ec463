// What the gateway asks of a node: a handful of functions, so that a test can stand in for the node.
#pragma once

#include "actors/all_events.hpp"
#include "actors/clock.hpp"
#include "actors/command.hpp"
#include "actors/query.hpp"

#include <functional>
#include <string>
#include <variant>

namespace stele {

class node;

namespace gateway {

/// What the gateway needs of a node: five of its calls, each answering exactly once from any thread, and who it is.
struct node_calls {
  using state_reply = std::function<void(std::variant<state_at, refusal>)>;

  std::function<void(command_ptr)> submit;
  std::function<void(query_ptr)> ask;
  std::function<void(std::string stream_id, stream_version, state_reply)> state_at_version;
  std::function<void(std::string stream_id, unix_ms, state_reply)> state_at_time;
  std::function<void(events_request)> read_all;
  std::string name;    ///< Of the node.
  std::string version; ///< Of the program.
  uuid history;        ///< Of the store: what tokens are made with.
  clock& time = system_clock();
};

/// The calls of a node, which outlives them.
node_calls calls_of(node& it, std::string name, std::string version);

} // namespace gateway
} // namespace stele
