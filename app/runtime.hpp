// A whole program of aggregates, views and queries: a store, a node and its doors.
#pragma once

#include "actors/command.hpp"
#include "actors/hosted.hpp"
#include "actors/query.hpp"
#include "actors/registry.hpp"
#include "app/client/send_options.hpp"
#include "app/config.hpp"
#include "app/doors.hpp"
#include "persistence/recorded_event.hpp"
#include "persistence/row_codec.hpp"
#include "persistence/type_name.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <caf/fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele {

/// An answer, or why there is none. `value()` throws std::runtime_error where there is none.
template <class T>
using answered = boost::system::result<T, refusal>;

/// Makes `answered<T>::value()` throw what the refusal says.
[[noreturn]] void throw_exception_from_error(const refusal& why, const boost::source_location& where);

/// A row found by key, if there is one, and how current it is.
template <class Row>
struct found_row {
  std::optional<Row> row;
  currency as_of;
};

/// Owns everything a program runs. First say what it hosts; the first call after that starts the node:
///
///     stele::runtime shop{stele::in_memory()};
///     shop.host<order::aggregate>();
///     shop.send<order::aggregate>("7", order::cancel_order{"changed my mind"});
///
/// `send`, `get`, `query` and `history` block the calling thread until the answer is there; call them from any thread
/// but an actor's. What fails to start (a store that is locked, a view of an aggregate nobody hosts) is their refusal
/// `unavailable`, or what `start` answers.
class runtime {
public:
  explicit runtime(config settings);
  ~runtime(); ///< Finishes what was accepted, at most `node.drain-ms-max`.
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  // What it hosts. Before the first call of what stands below.
  template <class Aggregate>
  void host() {
    add(host_aggregate<Aggregate>());
  }
  template <class View>
  void project() {
    add(host_view<View>());
  }
  template <class Query>
  void answer() {
    add(host_query<Query>());
  }
  void add(std::shared_ptr<const aggregate_type> it);
  void add(std::shared_ptr<const view_type> it);
  void add(std::shared_ptr<const query_type> it);

  /// Routes of the program's own, added before the standard ones when HTTP opens.
  void add_routes(route_adder adder);

  /// Everything hosted so far; a command line looks names up in it without a node.
  const registry& hosted() const;
  const config& settings() const;

  /// Opens the store and starts the node, without doors. Nothing when it runs, else a sentence. Later calls do nothing.
  std::optional<std::string> start();

  /// Starts, opens HTTP and the gateway, prints one line `ready http=H:P gateway=H:P` and runs until SIGTERM or SIGINT:
  /// then takes no more, finishes what was accepted and answers the exit code. A second signal ends the process at
  /// once. One of several nodes gives its shards to the others first; when another has taken over from it, it ends with
  /// exit code 3, to be started anew.
  int run();

  /// Sends a command to one aggregate and answers once its events are durable, or with the refusal.
  template <class Aggregate, class Command>
  answered<acceptance> send(std::string_view id, const Command& it, const send_options& options = {}) {
    return send(std::string(Aggregate::name) + '-' + std::string(id), std::string(type_name<Command>()), encode(it),
                options);
  }

  /// The same with names: `shop.send("order-7", "cancel_order", R"({"reason":"late"})")`.
  answered<acceptance> send(std::string stream_id, std::string type, std::string body,
                            const send_options& options = {});

  /// The row of a view by key, with everything that `after` speaks of.
  template <class View>
  answered<found_row<typename View::row>> get(std::string_view key, const token& after = {}) {
    auto found = find(std::string(View::name), std::string(key), after);
    if (!found) return found.error();
    using row_type = typename View::row;
    found_row<row_type> one{std::nullopt, std::move(found->as_of)};
    if (!found->page.rows.empty()) one.row = row_from<row_type>(found->page.rows.front());
    return one;
  }

  /// The same with names, as the store keeps it; and a registered query with its parameters.
  answered<found_rows> find(std::string view, std::string key, const token& after = {});
  answered<found_rows> query(std::string name, std::string parameters_json, const token& after = {});

  /// All events of a stream; `not_found` when it has none.
  answered<std::vector<recorded_event>> history(const std::string& stream_id);

  /// The token of an accepted command: what `get` and `query` take to see its effect.
  token token_of(const acceptance& it) const;

  /// What runs, for a program with actors of its own. Only after `start` answered nothing.
  node& running_node();
  caf::actor_system& system();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace stele
