// Kills the PostgreSQL under a node, and the node on it, under load, and holds the log against what the callers were
// told.
#include "tests/drills/history_check.hpp"
#include "tests/drills/node_process.hpp"
#include "tests/kit/postgres_server.hpp"

#include <signal.h>

#include <array>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

namespace drill {
namespace {

/// Who is hit in a round.
enum class blow { server, node, both };

std::string name_of(blow it) {
  return it == blow::server ? "the server" : it == blow::node ? "the node" : "the server and the node";
}

struct options {
  std::string program;
  std::uint64_t rounds = 4, seed = 1, callers = 16, acknowledgements_max = 300;
};

options read_options(const std::vector<std::string>& words) {
  options it;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--program")
      it.program = words[i + 1];
    else if (words[i] == "--rounds")
      it.rounds = std::stoull(words[i + 1]);
    else if (words[i] == "--seed")
      it.seed = std::stoull(words[i + 1]);
    else
      throw std::invalid_argument("unknown switch " + words[i]);
  }
  if (it.program.empty() || words.size() % 2 != 0)
    throw std::invalid_argument("usage: server_rounds --program STELE [--rounds N] [--seed N]");
  return it;
}

class drill {
public:
  explicit drill(options how) : how_(std::move(how)), random_(how_.seed) {
    for (std::uint32_t i = 0; i < how_.callers; ++i) callers_.emplace_back(i, how_.seed * 1000 + i);
    start_node();
    callers_[0].create_shared(node_->port(), broken_);
  }

  /// True when nothing was broken.
  bool run() {
    constexpr std::array blows{blow::server, blow::node, blow::both};
    for (round_ = 1; round_ <= how_.rounds && broken_.empty(); ++round_) one_round(blows[(round_ - 1) % blows.size()]);
    if (broken_.empty()) finish();
    for (const auto& what : broken_) std::cout << "BROKEN (seed " << how_.seed << "): " << what << '\n';
    return broken_.empty();
  }

private:
  void start_node() { node_ = std::make_unique<node_process>(how_.program, server_.uri()); }

  void one_round(blow on) {
    const auto blow_after = 1 + random_() % how_.acknowledgements_max;
    progress so_far(callers_.size());
    under_load(so_far, [&] {
      if (!so_far.wait_for(blow_after)) return broken_.push_back("the node is gone and nobody killed it");
      if (on == blow::server)
        kill_server(so_far);
      else
        kill_node(on);
    });
    const auto found = check_orders(node_->port(), callers_, touched_since(callers_, seen_), broken_);
    std::cout << "round " << round_ << ": " << name_of(on) << " killed after " << blow_after
              << " acknowledgements; held " << found.commands << " acknowledged commands of " << found.orders
              << " orders against " << found.events << " events" << std::endl;
  }

  template <class Strike>
  void under_load(progress& so_far, Strike strike) {
    std::vector<std::vector<std::string>> broken(callers_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < callers_.size(); ++i)
      threads.emplace_back([&, i, port = node_->port()] { callers_[i].run(port, so_far, broken[i]); });
    strike();
    so_far.stop();
    for (auto& one : threads) one.join();
    for (const auto& some : broken) broken_.insert(broken_.end(), some.begin(), some.end());
  }

  // The node stays, says 503 or 504 as long as there is no server, and goes on by itself when there is one.
  void kill_server(progress& so_far) {
    server_.kill();
    expect_no_effect_or_unknown();
    server_.start();
    if (!so_far.wait_for(so_far.counted() + how_.acknowledgements_max))
      broken_.push_back("the node did not outlive its server");
  }

  // Without a server: 503 or 504, and nothing else.
  void expect_no_effect_or_unknown() {
    asked_in_vain_.push_back("a1b2c3d4-0000-4000-8000-" + std::to_string(100'000'000'000 + round_));
    const auto [status, said] = add_to_shared(asked_in_vain_.back());
    if (status != 503 && status != 504)
      broken_.push_back("without a server a command was answered " + std::to_string(status) + " " + said);
  }

  std::pair<unsigned, std::string> add_to_shared(const std::string& key) {
    stele::http::http_client client("127.0.0.1", node_->port());
    const auto answer =
        client.request("POST", "/orders/" + shared_order + "/items",
                       R"({"product_id":"in vain","quantity":1,"price":1})", {{"Idempotency-Key", key}});
    if (answer.has_error()) return {0, answer.error().what};
    return {answer->status, answer->body};
  }

  void kill_node(blow on) {
    if (on == blow::both) server_.kill();
    node_->kill();
    if (on == blow::both) server_.start();
    start_node();
  }

  // Sends what is still open, checks every order from the first to the last, stops in peace and verifies the store.
  void finish() {
    std::vector<std::size_t> from_the_start;
    for (auto& one : callers_) one.settle_open(node_->port(), broken_);
    for (const auto& key : asked_in_vain_)
      if (const auto [status, said] = add_to_shared(key); status != 200)
        broken_.push_back("what was refused for want of a server was sent again and answered " +
                          std::to_string(status) + " " + said);
    const auto found = check_orders(node_->port(), callers_, touched_since(callers_, from_the_start), broken_);
    std::cout << "in the end: " << found.commands << " acknowledged commands of " << found.orders << " orders, "
              << found.events << " events" << std::endl;
    if (found.commands + asked_in_vain_.size() != found.events)
      broken_.push_back("every command stores one event, but there are " + std::to_string(found.events) + " of " +
                        std::to_string(found.commands + asked_in_vain_.size()) + " commands");
    if (const int status = node_->terminate(); status != 0)
      broken_.push_back("SIGTERM: the node ended with " + std::to_string(status));
    child_process checker({how_.program, "verify", "--store", server_.uri()});
    for (std::string line; checker.read_line(line);) std::cout << "verify: " << line << '\n';
    if (const int status = checker.wait(); status != 0)
      broken_.push_back("stele verify ended with " + std::to_string(status));
  }

  options how_;
  stele::kit::postgres_server server_;
  std::unique_ptr<node_process> node_;
  std::mt19937_64 random_;
  std::deque<caller> callers_;
  std::vector<std::size_t> seen_;
  std::vector<std::string> asked_in_vain_; ///< Keys of commands that met no server.
  std::vector<std::string> broken_;
  std::uint64_t round_ = 0;
};

} // namespace
} // namespace drill

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  try {
    return drill::drill(drill::read_options({argv + 1, argv + argc})).run() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "server_rounds: " << e.what() << '\n';
    return 2;
  }
}
