// Commands from a CAF client in another process, beside the same client and the same guarded door before a node that
// answers at once: what guard, frames and BASP leave of it.
#include "app/client/client.hpp"
#include "app/gateway/door.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"

#include <sys/wait.h>

namespace bench {
namespace {

constexpr std::size_t window = 256;

/// A process that serves until nobody reads what it has said. Made by `fork` before this program has any thread.
class server_process {
public:
  template <class Serve>
  explicit server_process(Serve serve) {
    int port[2], life[2];
    if (pipe(port) != 0 || pipe(life) != 0) throw std::runtime_error("no pipe");
    child_ = fork();
    if (child_ == 0) {
      close(life[1]);
      serve([&](std::uint16_t it) {
        if (write(port[1], &it, sizeof it) != sizeof it) _exit(1);
        char end = 0;
        while (read(life[0], &end, 1) > 0) {}
      });
      _exit(0);
    }
    close(port[1]);
    close(life[0]);
    life_ = life[1];
    if (read(port[0], &port_, sizeof port_) != sizeof port_) throw std::runtime_error("the server did not start");
    close(port[0]);
  }
  ~server_process() {
    close(life_);
    waitpid(child_, nullptr, 0);
  }
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  std::uint16_t port() const { return port_; }

private:
  pid_t child_ = 0;
  int life_ = -1;
  std::uint16_t port_ = 0;
};

std::unique_ptr<stele::gateway::door> open_any_door(stele::gateway::node_calls calls) {
  stele::gateway_settings settings;
  settings.port = 0;
  settings.requests_max = 2 * window;
  auto opened = stele::gateway::open_door(settings, std::move(calls));
  if (auto* why = std::get_if<std::string>(&opened)) throw std::runtime_error(*why);
  return std::move(std::get<std::unique_ptr<stele::gateway::door>>(opened));
}

template <class Ready>
void serve_node(const std::string& postgres, Ready ready) {
  const postgres_place place(postgres);
  shop it(place.options, views::none);
  const auto door = open_any_door(stele::gateway::calls_of(it.node(), "bench", "0"));
  ready(door->port());
  it.drain();
  door->stop();
}

/// A node that has always done it already.
template <class Ready>
void serve_nothing(Ready ready) {
  stele::gateway::node_calls calls;
  calls.submit = [](const stele::command_ptr& it) { it->answer(stele::acceptance{1, 1, 1, true, false}); };
  calls.name = "bench";
  calls.version = "0";
  calls.history = stele::hash_to_uuid("bench");
  const auto door = open_any_door(std::move(calls));
  ready(door->port());
  door->stop();
}

tally run_client(std::uint16_t port, const assignment& given) {
  stele::client_options options;
  options.servers = {"127.0.0.1:" + std::to_string(port)};
  options.in_flight_max = window;
  stele::client shop(options);
  if (const auto there = shop.hello(); !there) throw std::runtime_error(there.error().message);
  closed_loop loop(window, [&](std::size_t caller, std::size_t nth, closed_loop::ticket ticket) {
    stele::command_request it;
    it.aggregate = "order";
    it.id = std::to_string(caller) + "." + std::to_string(nth / 4);
    it.type = nth % 4 == 0 ? "create_order" : "add_order_item";
    it.body = nth % 4 == 0 ? create_body(caller) : add_body;
    shop.send_later(std::move(it),
                    [ticket](const stele::outcome<stele::accepted>& how) { ticket.done(how.has_value()); });
  });
  return loop.run(given.warm(), given.seconds);
}

/// Of the round before no thread is left when this one forks.
void one_round(const assignment& given) {
  const server_process node([&](auto ready) { serve_node(given.postgres, ready); });
  const server_process nothing([&](auto ready) { serve_nothing(ready); });
  const auto stele = run_client(node.port(), given);
  const auto bare = run_client(nothing.port(), given);
  print_wrong("caf-client", stele.wrong + bare.wrong);
  print_round("caf-client", stele.per_second, bare.per_second);
}

void run(const assignment& given) {
  for (int i = 0; i < given.rounds; ++i) one_round(given);
}

} // namespace
} // namespace bench

int main(int count, char** arguments) { return bench::run_bench(count, arguments, bench::run); }
