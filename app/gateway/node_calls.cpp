#include "app/gateway/node_calls.hpp"

#include "actors/node.hpp"

namespace stele::gateway {

node_calls calls_of(node& it, std::string name, std::string version) {
  return {[&it](command_ptr command) { it.submit(std::move(command)); },
          [&it](query_ptr query) { it.ask(std::move(query)); },
          [&it](std::string stream_id, stream_version version, node_calls::state_reply reply) {
            it.state_at_version(std::move(stream_id), version, std::move(reply));
          },
          [&it](std::string stream_id, unix_ms at, node_calls::state_reply reply) {
            it.state_at_time(std::move(stream_id), at, std::move(reply));
          },
          [&it](events_request request) { it.read_all(std::move(request)); },
          std::move(name),
          std::move(version),
          it.identity().history,
          it.time()};
}

} // namespace stele::gateway
