#include "app/load/site.hpp"

#include "actors/node.hpp"
#include "app/load/questions.hpp"
#include "app/runtime.hpp"

namespace stele::load {

namespace {

answer to_answer(const command_outcome& outcome, const uuid& history) {
  answer out;
  if (const auto* why = std::get_if<refusal>(&outcome)) {
    out.refused = *why;
    return out;
  }
  const auto& done = std::get<acceptance>(outcome);
  out.version = done.version;
  out.shard = done.shard;
  out.position = done.position;
  out.repeated = done.repeated;
  out.at = make_token(history, done.shard, done.position);
  return out;
}

answer to_answer(const query_outcome& outcome) {
  answer out;
  if (const auto* why = std::get_if<refusal>(&outcome)) {
    out.refused = *why;
    return out;
  }
  const auto& found = std::get<found_rows>(outcome);
  for (const auto& values : found.page.rows)
    if (auto row = row_from<order_view::row>(values)) out.rows.push_back(std::move(*row));
  out.total = found.page.total;
  out.stale = found.as_of.stale;
  out.at = found.as_of.at;
  return out;
}

class own_target : public target {
public:
  explicit own_target(stele::node& shop) : shop_(shop), history_(shop.identity().history) {}

  void send(const operation& it, std::function<void(answer)> done) override {
    it.command.empty() ? ask(it, std::move(done)) : submit(it, std::move(done));
  }

  void lags(std::function<void(std::vector<view_lag>)> done) override {
    shop_.reports([done = std::move(done)](const std::vector<view_report>& reports) {
      std::vector<view_lag> out;
      for (const auto& it : reports) out.push_back({it.view, it.lag_events, it.lag_ms});
      done(std::move(out));
    });
  }

private:
  void submit(const operation& it, std::function<void(answer)> done) {
    command_ptr mine(new command);
    mine->stream_id = "order-" + it.order_id;
    mine->type = it.command;
    mine->body = it.body;
    mine->command_id = it.key;
    mine->deadline = shop_.time().now() + command_ms_max;
    mine->answer = [done = std::move(done), history = history_](const command_outcome& outcome) {
      done(to_answer(outcome, history));
    };
    shop_.submit(std::move(mine));
  }

  void ask(const operation& it, std::function<void(answer)> done) {
    query_ptr mine(new query);
    if (is_look_up(it)) {
      mine->view = order_view::view::name;
      mine->key = it.order_id;
    } else {
      mine->name = query_name(it);
      mine->parameters = query_parameters(it);
    }
    mine->after = it.after;
    mine->timeout_ms = query_wait_ms;
    mine->answer = [done = std::move(done)](const query_outcome& outcome) { done(to_answer(outcome)); };
    shop_.ask(std::move(mine));
  }

  stele::node& shop_;
  const uuid history_;
};

class own_site : public site {
public:
  own_site(const config& settings, const registry& hosted) : shop_(settings) {
    for (const auto& it : hosted.aggregates) shop_.add(it);
    for (const auto& it : hosted.views) shop_.add(it);
    for (const auto& it : hosted.queries) shop_.add(it);
  }

  std::optional<std::string> start() {
    if (auto why = shop_.start()) return why;
    node_ = std::make_unique<own_target>(shop_.running_node());
    return std::nullopt;
  }

  caf::actor_system& system() override { return shop_.system(); }
  target& node() override { return *node_; }

private:
  runtime shop_;
  std::unique_ptr<own_target> node_;
};

} // namespace

opened_site open_own_node(const config& settings, const registry& hosted) {
  if (!hosted.view("order_views"))
    return std::string("a load is made of orders, and this program does not host them; ask a node that does by --node");
  auto opened = std::make_unique<own_site>(settings, hosted);
  if (auto why = opened->start()) return std::move(*why);
  return std::unique_ptr<site>(std::move(opened));
}

} // namespace stele::load
