// Orders over HTTP, beside the same calls in the process, and beside a Beast server that does nothing. The client is
// one thread of this process with kept connections, the same for both servers.
#include "app/http/server.hpp"
#include "app/http/standard_routes.hpp"
#include "app/load/http_connections.hpp"
#include "tests/bench/bare_beast.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"
#include "tests/bench/sweep.hpp"

namespace bench {
namespace {

constexpr std::size_t callers = 64;

/// The HTTP door of a node, on a free port.
class door {
public:
  explicit door(shop& to) {
    stele::http_settings settings;
    settings.port = 0;
    stele::http::routes table;
    const auto counters = std::make_shared<stele::http::server_counters>();
    stele::http::add_standard_routes(table, to.node(), settings, counters);
    server_ = std::make_unique<stele::http::server>(settings, std::move(table), counters);
    if (const auto why = server_->start()) throw std::runtime_error(*why);
  }
  std::uint16_t port() const { return server_->port(); }

private:
  std::unique_ptr<stele::http::server> server_;
};

using http_call = std::function<stele::load::http_request(std::size_t caller, std::size_t nth)>;

/// Runs callers over HTTP; an answer is right when its status is 200 or 201.
tally run_over_http(std::uint16_t port, http_call next, const assignment& given) {
  stele::load::http_connections to({"127.0.0.1", port}, callers);
  closed_loop loop(callers, [&](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    to.send(next(caller, nth),
            [ticket](const stele::load::http_reply& it) { ticket.done(it.status == 200 || it.status == 201); });
  });
  return loop.run(given.warm(), given.seconds);
}

stele::load::http_request command_of(std::size_t caller, std::size_t nth) {
  const auto id = "h" + std::to_string(caller) + "." + std::to_string(nth / 4);
  if (nth % 4 == 0) return {"POST", "/order/" + id + "/create_order", create_body(caller), {}};
  return {"POST", "/order/" + id + "/add_order_item", add_body, {}};
}

void commands(const assignment& given) {
  if (!given.has("http-commands")) return;
  const postgres_place place(given.postgres);
  shop it(place.options, views::none);
  const door http(it);
  const auto over = run_over_http(http.port(), command_of, given);
  const auto inside = run_on(it, callers, ordering(it), given.warm(), given.seconds);
  print_wrong("http-commands", over.wrong + inside.wrong);
  print_round("http-commands", over.per_second, inside.per_second);
}

std::string key_of(std::size_t caller, std::size_t nth, std::size_t orders) {
  return "o" + std::to_string((caller * 7919 + nth * 104'729) % orders);
}

http_call get_of(std::size_t orders) {
  return [orders](std::size_t caller, std::size_t nth) {
    return stele::load::http_request{"GET", "/order_views/" + key_of(caller, nth, orders), {}, {}};
  };
}

closed_loop::work look_ups(shop& to, std::size_t orders) {
  return [&to, orders](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    stele::query_ptr question(new stele::query);
    question->view = "order_views";
    question->key = key_of(caller, nth, orders);
    question->answer = [ticket](const stele::query_outcome& outcome) {
      const auto* found = std::get_if<stele::found_rows>(&outcome);
      ticket.done(found != nullptr && found->page.rows.size() == 1);
    };
    to.node().ask(std::move(question));
  };
}

void gets(const assignment& given) {
  if (!given.has("http-get")) return;
  const std::size_t orders = given.how_much == scale::quick ? 5'000 : 20'000;
  const postgres_place place(given.postgres);
  stele::actor_settings numbers;
  numbers.row_cache_rows_max = 1; // Every row is read from the store.
  shop it(place.options, views::orders, numbers);
  create_orders(it, "o", 0, orders);
  it.wait_for_view();
  const door http(it);
  for (int i = 0; i < given.rounds; ++i) {
    const auto over = run_over_http(http.port(), get_of(orders), given);
    const auto inside = run_on(it, callers, look_ups(it, orders), given.warm(), given.seconds);
    print_wrong("http-get", over.wrong + inside.wrong);
    print_round("http-get", over.per_second, inside.per_second);
  }
}

std::string one_answer(std::uint16_t port) {
  std::promise<std::string> text;
  stele::load::http_connections to({"127.0.0.1", port}, 1);
  to.send(get_of(1)(0, 0), [&](stele::load::http_reply it) { text.set_value(std::move(it.body)); });
  return text.get_future().get();
}

void gets_beside_beast(const assignment& given) {
  if (!given.has("http-get-beast")) return;
  constexpr std::size_t orders = 1000;
  shop it(in_memory(), views::orders);
  create_orders(it, "o", 0, orders);
  it.wait_for_view();
  const door http(it);
  const bare_beast bare(one_answer(http.port()));
  for (int i = 0; i < given.rounds; ++i) {
    const auto stele = run_over_http(http.port(), get_of(orders), given);
    print_wrong("http-get-beast", stele.wrong);
    print_round("http-get-beast", stele.per_second, run_over_http(bare.port(), get_of(orders), given).per_second);
  }
}

void run(const assignment& given) {
  for (int i = 0; i < given.rounds; ++i) commands(given);
  gets(given);
  gets_beside_beast(given);
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
