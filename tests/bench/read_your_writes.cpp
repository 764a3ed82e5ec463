// How long a caller waits for its own write: from the command's reply to the fresh look-up. Prints a table.
#include "tests/bench/bench_node.hpp"

#include <atomic>
#include <mutex>

namespace bench {
namespace {

/// A caller adds an item to its order, then looks the order up with the token of the reply, and so on.
class reader {
public:
  reader(shop& it, std::size_t number, std::atomic<bool>& stop, std::function<void()> ended)
      : shop_(it), order_id_("reader-" + std::to_string(number)), stop_(stop), ended_(std::move(ended)) {}

  void begin() { send("create_order", create_body(1)); }

  std::vector<double> waits_ms, replies_ms;
  std::size_t stale = 0, failed = 0;

private:
  void send(const char* type, std::string body) {
    auto it = make_command(order_id_, type, std::move(body));
    const auto sent = steady::now();
    it->answer = [this, sent](const stele::command_outcome& outcome) {
      replies_ms.push_back(seconds_since(sent) * 1e3);
      if (const auto* done = std::get_if<stele::acceptance>(&outcome)) return look(*done);
      ++failed;
      ended_();
    };
    shop_.node().submit(std::move(it));
  }

  void look(const stele::acceptance& done) {
    stele::query_ptr it(new stele::query);
    it->view = "order_views";
    it->key = order_id_;
    it->after = stele::make_token(shop_.node().identity().history, done.shard, done.position);
    it->answer = [this, replied = steady::now()](const stele::query_outcome& outcome) {
      waits_ms.push_back(seconds_since(replied) * 1e3);
      const auto* found = std::get_if<stele::found_rows>(&outcome);
      if (found == nullptr || found->page.rows.size() != 1)
        ++failed;
      else if (found->as_of.stale)
        ++stale;
      if (stop_) return ended_();
      send("add_order_item", add_body);
    };
    shop_.node().ask(std::move(it));
  }

  shop& shop_;
  std::string order_id_;
  std::atomic<bool>& stop_;
  std::function<void()> ended_;
};

void measure(const std::string& uri, std::size_t callers, double seconds) {
  shop it(uri, true);
  std::atomic<bool> stop = false;
  std::atomic<std::size_t> running = callers;
  std::promise<void> all_ended;
  std::vector<std::unique_ptr<reader>> readers;
  for (std::size_t i = 0; i < callers; ++i)
    readers.push_back(std::make_unique<reader>(it, i, stop, [&] {
      if (running.fetch_sub(1) == 1) all_ended.set_value();
    }));
  const auto begin = steady::now();
  for (auto& one : readers) one->begin();
  auto ended = all_ended.get_future();
  ended.wait_for(std::chrono::duration<double>(seconds));
  stop = true;
  ended.wait();
  const double took = seconds_since(begin);
  std::vector<double> waits, replies;
  std::size_t stale = 0, failed = 0;
  for (auto& one : readers) {
    waits.insert(waits.end(), one->waits_ms.begin(), one->waits_ms.end());
    replies.insert(replies.end(), one->replies_ms.begin(), one->replies_ms.end());
    stale += one->stale;
    failed += one->failed;
  }
  std::printf("%8zu %12.0f %10.3f %10.3f %12.3f %12.3f %7zu %7zu\n", callers, static_cast<double>(waits.size()) / took,
              percentile(replies, 0.5), percentile(replies, 0.99), percentile(waits, 0.5), percentile(waits, 0.99),
              stale, failed);
}

void run(double seconds) {
  std::printf(
      "SQLite; each caller: command, its reply, look-up by id with the reply's token (goal at 100: p50 0.5 ms)\n");
  std::printf("%8s %12s %10s %10s %12s %12s %7s %7s\n", "callers", "commands/s", "reply p50", "reply p99",
              "look-up p50", "look-up p99", "stale", "failed");
  for (const std::size_t callers : {1, 100, 1000}) {
    scratch folder;
    measure("sqlite:" + folder.file("orders.db"), callers, seconds);
  }
}

} // namespace
} // namespace bench

int main(int argc, char** argv) { bench::run(argc > 1 ? std::stod(argv[1]) : 2); }
