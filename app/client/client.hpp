// A client of a Stele node for any C++ program: typed or raw commands, queries that see one's own writes.
#pragma once

#include "app/client/options.hpp"
#include "app/client/outcome.hpp"
#include "app/client/typed.hpp"

#include <functional>
#include <memory>
#include <string>

namespace stele {

/// Connects by itself, reconnects when the connection is lost, and sends a command again, always with the same command
/// id, until it is answered for good or its time is over. So every call ends:
///   - with a value: done;
///   - with `overloaded`, `unavailable` or `client_limit`: not done, by none of the tries;
///   - with `outcome_unknown`: nobody can tell; the message holds the command id to send it again with;
///   - with any other refusal: the node said no.
///
/// Any thread may call; calls block until they end. For actors, see `client_actor.hpp`.
class client {
public:
  explicit client(client_options options);
  ~client(); ///< Calls still running end with `unavailable` or `outcome_unknown`.
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;

  /// Sends `body`, a JSON object, as a command of `type` to the aggregate `id`.
  outcome<accepted> send(std::string aggregate, std::string id, std::string type, std::string body,
                         send_options options = {});

  /// Sends a command of a domain header: `send<order::aggregate>("7", order::cancel_order{"changed my mind"})`.
  template <class Aggregate, class Command>
  outcome<accepted> send(std::string id, const Command& it, send_options options = {}) {
    return send(aggregate_name<Aggregate>(), std::move(id), struct_name<Command>(), encode(it), options);
  }

  /// The row of one key, or none.
  outcome<found> get(std::string view, std::string key, query_options options = {});

  /// A registered query; `parameters` is a JSON object.
  outcome<found> query(std::string name, std::string parameters, query_options options = {});

  /// A query of a domain header: `query(order_view::orders_of_customer{"ada", …})`.
  template <class Query>
  outcome<found> query(const Query& it, query_options options = {}) {
    return query(struct_name<Query>(), encode(it), std::move(options));
  }

  outcome<past_state> state_at_version(std::string aggregate, std::string id, stream_version version);
  outcome<past_state> state_at_time(std::string aggregate, std::string id, unix_ms at);

  /// Events of the whole store behind the global position `after`, in the one order that all see; waits so long for the
  /// first when there is none. To follow the store, call it again with `next` of the answer. An empty answer: nothing
  /// happened in that time. `aggregate`: only events of this one.
  outcome<found_events> events(std::uint64_t after, std::uint32_t limit = 100, std::int64_t wait_ms = 0,
                               std::string aggregate = {});

  /// Who answers. Fails with `unavailable` when nobody does within `connect_timeout_ms`.
  outcome<server_info> hello();

  /// As `send`, without blocking: `done` is called once, from a thread of the client's; it must not block.
  void send_later(command_request it, std::function<void(outcome<accepted>)> done);

  /// Everything this client wrote or saw, as a token; empty: nothing yet.
  std::string session() const;

  /// Waits for its own writes no more; after `history_changed`, for example.
  void forget_session();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// `auto shop = stele::connect({"127.0.0.1:7710"});` Returns at once: the connection is made beside.
client connect(std::vector<std::string> servers);

} // namespace stele
