#include "actors/read_side.hpp"

#include "actors/projector.hpp"
#include "actors/query_actor.hpp"
#include "actors/read_context.hpp"
#include "actors/remote_reads.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace stele {

namespace {

read_context_ptr make_context(const read_parts& given) {
  auto context = std::shared_ptr<read_context>(new read_context{given.events,
                                                                given.views,
                                                                given.settings,
                                                                given.time,
                                                                given.counters,
                                                                given.heads,
                                                                given.shards,
                                                                given.peers != nullptr,
                                                                {},
                                                                {},
                                                                nullptr});
  for (const auto& view : given.hosted.views)
    context->served.push_back(std::make_shared<served_view>(
        *view, context->served.size(), given.events.identity().shards, given.settings.row_cache_rows_max));
  return context;
}

template <class Do>
void call(const caf::actor& to, Do what) {
  caf::anon_send(to, projector_call{std::make_shared<const std::function<void(projector&)>>(std::move(what))});
}

/// Calls `then` when it has been called so many times itself.
std::shared_ptr<const std::function<void()>> when_called(std::size_t times, std::function<void()> then) {
  auto left = std::make_shared<std::atomic<std::size_t>>(times);
  return std::make_shared<const std::function<void()>>([left, then = std::move(then)] {
    if (left->fetch_sub(1) == 1) then();
  });
}

/// Reports of all views, in their order; handed over when the last one has come.
struct collected_reports {
  std::mutex mutex;
  std::vector<view_report> reports;
  std::size_t missing = 0;
  std::function<void(std::vector<view_report>)> reply;

  void put(std::size_t view, view_report report) {
    const std::lock_guard lock(mutex);
    reports[view] = std::move(report);
    if (--missing == 0) reply(std::move(reports));
  }
};

} // namespace

struct read_side::parts {
  explicit parts(const read_parts& given) : hosted(given.hosted), context(make_context(given)) {
    for (std::uint32_t i = 0; i < std::max(1U, given.settings.query_actors); ++i) {
      boxes.push_back(std::make_shared<inbox<asked_query>>());
      queries.push_back(given.system.spawn<query_actor>(context, boxes.back()));
    }
    for (std::size_t view = 0; view < context->served.size(); ++view)
      projectors.push_back(given.system.spawn<projector>(context, view, queries));
    if (!given.peers) return;
    remote = std::make_shared<remote_reads>(context, *given.peers, queries, projectors);
    context->remote = remote.get();
  }

  ~parts() {
    context->gate.close();
    for (const auto& actor : projectors) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    for (const auto& actor : queries) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  /// The projector of a view; nothing, and `reply` refused, when there is none of that name.
  std::optional<caf::actor> find(const std::string& view, const done_reply& reply) const {
    std::string known;
    for (const auto& served : context->served) {
      if (served->type().name() == view) return projectors[served->number()];
      known += (known.empty() ? "" : ", ") + std::string(served->type().name());
    }
    reply(refusal{refusal_kind::not_found,
                  "unknown_view",
                  "There is no view " + view + "; known are " + (known.empty() ? "none" : known) + ".",
                  {}});
    return std::nullopt;
  }

  const registry& hosted;
  read_context_ptr context;
  std::vector<caf::actor> queries;
  std::vector<std::shared_ptr<inbox<asked_query>>> boxes; ///< Of each of them.
  std::vector<caf::actor> projectors;                     ///< In the order of the views.
  std::shared_ptr<remote_reads> remote;

  void pass_on(asked_ptr asked) {
    const std::size_t to = next_query.fetch_add(1) % queries.size();
    if (boxes[to]->push(std::move(asked))) caf::anon_send(queries[to], inbox_filled{});
  }

  std::atomic<std::size_t> next_query{0};
};

read_side::read_side(read_parts given) : parts_(std::make_unique<parts>(given)) {}
read_side::~read_side() = default;

std::vector<caf::actor> read_side::projectors() const { return parts_->projectors; }

void read_side::ask(query_ptr it) {
  auto& context = *parts_->context;
  auto& counters = context.counters;
  if (counters.queries_in_flight.fetch_add(1) >= context.settings.queries_in_flight_max) {
    counters.queries_in_flight.fetch_sub(1);
    counters.queries_shed.fetch_add(1, std::memory_order_relaxed);
    return it->answer(refusal{refusal_kind::overloaded,
                              "overloaded",
                              "At most " + std::to_string(context.settings.queries_in_flight_max) +
                                  " queries may be under way; try again shortly.",
                              {}});
  }
  auto understood = understand(it, context, parts_->hosted);
  if (auto* why = std::get_if<refusal>(&understood)) {
    counters.queries_refused.fetch_add(1, std::memory_order_relaxed);
    counters.queries_in_flight.fetch_sub(1, std::memory_order_relaxed);
    return it->answer(std::move(*why));
  }
  auto asked = std::get<asked_ptr>(std::move(understood));
  if (!asked->selection && parts_->remote && parts_->remote->is_elsewhere(*asked->view, asked->shard))
    return parts_->remote->look_up(asked, [parts = parts_.get()](asked_ptr it) { parts->pass_on(std::move(it)); });
  if (!asked->selection) { // Most look-ups find their row in memory and need no actor.
    const auto found = asked->view->look_up(asked->it->key, asked->shard, asked->target, false, asked->memory_trusted);
    if (found.reached && found.cached) return answer_lookup(context, *asked, found.copy(), found.position, false);
  }
  parts_->pass_on(std::move(asked));
}

void read_side::gained(shard_number shard, shard_position head) {
  for (const auto& to : parts_->projectors) call(to, [shard, head](projector& it) { it.gain(shard, head); });
}

void read_side::lost(shard_number shard) {
  for (const auto& to : parts_->projectors) call(to, [shard](projector& it) { it.lose(shard); });
}

void read_side::hear(const node_status& it) {
  if (parts_->remote) parts_->remote->hear(it);
}

void read_side::report(node_status& it) const {
  for (const auto& view : parts_->context->served) {
    const auto written = view->positions(true);
    auto& positions = it.written.emplace_back(std::string(view->type().name()), decltype(it.heads){}).second;
    for (shard_number shard = 0; shard < written.size(); ++shard)
      if (!parts_->remote || !parts_->remote->is_elsewhere(*view, shard)) positions.emplace_back(shard, written[shard]);
  }
}

void read_side::await(const await_written& what, std::function<void(written_up_to)> reply) {
  auto& context = *parts_->context;
  const auto view = std::find_if(context.served.begin(), context.served.end(),
                                 [&](const auto& it) { return it->type().name() == what.view; });
  if (view == context.served.end() || what.shard >= context.shards.size() || !(*view)->is_open() ||
      (parts_->remote && parts_->remote->is_elsewhere(**view, what.shard)))
    return reply({0, false});
  context.counters.queries_in_flight.fetch_add(1);
  parts_->pass_on(position_wanted(context, *view, what, [reply = std::move(reply)](shard_position written) {
    reply({written, true});
  }));
}

void read_side::rebuild(std::string view, done_reply reply) {
  if (const auto to = parts_->find(view, reply))
    call(*to, [reply = std::move(reply)](projector& it) { it.rebuild(reply); });
}

void read_side::pause(std::string view, done_reply reply) {
  if (const auto to = parts_->find(view, reply))
    call(*to, [reply = std::move(reply)](projector& it) { it.pause(reply); });
}

void read_side::resume(std::string view, done_reply reply) {
  if (const auto to = parts_->find(view, reply))
    call(*to, [reply = std::move(reply)](projector& it) { it.unpause(reply); });
}

void read_side::reports(std::function<void(std::vector<view_report>)> reply) {
  const auto& projectors = parts_->projectors;
  if (projectors.empty()) return reply({});
  auto all = std::make_shared<collected_reports>();
  all->reports.resize(projectors.size());
  all->missing = projectors.size();
  all->reply = std::move(reply);
  for (std::size_t view = 0; view < projectors.size(); ++view)
    call(projectors[view], [all, view](projector& it) { all->put(view, it.report()); });
}

bool read_side::ready() const {
  const auto& served = parts_->context->served;
  return std::all_of(served.begin(), served.end(), [](const auto& view) { return view->is_open(); });
}

void read_side::drain(std::function<void()> finished) {
  auto close_queries = [queries = parts_->queries, finished = std::move(finished)] {
    const auto last = when_called(queries.size(), finished);
    for (const auto& queries_actor : queries) caf::anon_send(queries_actor, no_more_waiting{last});
  };
  const auto& projectors = parts_->projectors;
  if (projectors.empty()) return close_queries();
  const auto written = when_called(projectors.size(), std::move(close_queries));
  for (const auto& to : projectors) call(to, [written](projector& it) { it.drain(*written); });
}

} // namespace stele
