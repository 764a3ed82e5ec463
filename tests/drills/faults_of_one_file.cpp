#include "tests/drills/faults.hpp"
#include "tests/drills/tight_disk.hpp"
#include "tests/kit/server_process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <csignal>
#include <filesystem>

namespace drill {

namespace {

constexpr std::uint64_t start_ms_max = 20'000;
constexpr int healing_ms_max = 15'000;

/// A node alone over a file, under the shim, on one port from start to start.
class lone_node {
public:
  lone_node(const bench_options& how, const std::string& folder)
      : program_(how.program), log_(how.folder + "/alone.log"), store_("sqlite:" + folder + "/alone.db"),
        shim_(how.shim, how.folder + "/alone.shim"), port_(stele::kit::free_port()) {
    start();
  }

  void start() {
    process_ = launch(port_, log_);
    for (std::string line; process_->wait_for_output(start_ms_max) && process_->read_line(line);)
      if (line.rfind("ready http=", 0) == 0) return;
    throw std::runtime_error("the node alone did not get ready; its log: " + log_);
  }
  void kill() {
    process_->signal(SIGKILL);
    process_->wait();
  }
  int stop() {
    process_->signal(SIGTERM);
    if (!process_->wait_for_end(start_ms_max)) throw std::runtime_error("the node alone did not end");
    return process_->wait();
  }
  /// How a second one on the same file ends; 0: it does not.
  int second() {
    const auto other = launch(stele::kit::free_port(), log_ + ".second");
    return other->wait_for_end(start_ms_max) ? other->wait() : 0;
  }

  /// Its answer to a command, or to a look-up when there is no key.
  std::string ask(const std::string& order, const std::string& key = {}) const {
    stele::http::http_client client("127.0.0.1", static_cast<std::uint16_t>(port_), std::chrono::seconds(5));
    const auto answer = key.empty() ? client.request("GET", "/orders/" + order)
                                    : client.request("POST", "/order/" + order + "/create_order",
                                                     R"({"customer_id":"x","items":[{"product_id":"p","quantity":1,)"
                                                     R"("price":1}],"shipping_address":{}})",
                                                     {{"Idempotency-Key", key}});
    if (answer.has_error()) return answer.error().what;
    return answer->status == 201 ? "200" : std::to_string(answer->status);
  }
  std::string ask_new(const std::string& prefix) const {
    const auto key = new_key();
    return ask(prefix + key, key);
  }

  const std::string& store() const { return store_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  shimmed& shim() { return shim_; }

private:
  std::unique_ptr<child_process> launch(int port, const std::string& log) const {
    auto words = shim_.environment();
    words.insert(words.begin(), "/usr/bin/env");
    words.insert(words.end(), {program_, "node", "--store.uri=" + store_, "--http.port=" + std::to_string(port),
                               "--gateway.port=0", "--log.level=warning"});
    return std::make_unique<child_process>(words, log);
  }

  std::string program_, log_, store_;
  shimmed shim_;
  int port_;
  std::unique_ptr<child_process> process_;
};

void until_it_serves(bench& on, lone_node& node, const std::string& after) {
  std::string said;
  on.expect(bench::wait_until([&] { return (said = node.ask_new("again-")) == "200"; }, healing_ms_max),
            "alone, " + after + ": a command was answered " + said);
}

void fill_disk(bench& on, lone_node& node, tight_disk& disk, const std::string& known) {
  disk.fill();
  std::string said;
  on.expect(bench::wait_until([&] { return (said = node.ask_new("full-")) == "503"; }, healing_ms_max),
            "alone, with a full disk: a command was answered " + said);
  said = node.ask(known);
  on.expect(said == "200", "alone, with a full disk: a look-up was answered " + said);
  disk.clear();
  until_it_serves(on, node, "with room on the disk again");
  on.saw("disk full: 503, look-ups 200, and back");
}

void fail_sync(bench& on, lone_node& node) {
  auto& shim = node.shim().tell();
  shim.syncs_to_fail = 1;
  on.expect(bench::wait_until([&] { return shim.syncs_to_fail == 0; }, 5000), "the node alone never called fsync");
  until_it_serves(on, node, "after an fsync that failed");
  on.saw("an fsync failed, and back");
}

void check_file(bench& on, recorded_load& load, const std::string& store) {
  const auto found = load.check(store, on.broken());
  on.count(found.operations);
  child_process verifier({on.options().program, "verify", "--store", store});
  std::string last;
  for (std::string line; verifier.read_line(line);) last = line;
  on.expect(verifier.wait() == 0, "stele verify of the file: " + last);
  on.saw(std::to_string(found.operations) + " operations checked, " + std::to_string(found.unknown) +
         " of unknown outcome");
}

void on_a_tight_disk(bench& on) {
  constexpr int kills = 2;
  constexpr double rate = 80;
  static int times = 0; // Of this drill: each needs a file of its own for its history.
  tight_disk disk(on.options().folder + "/alone", 96);
  lone_node node(on.options(), disk.folder());
  const auto known = "known-" + new_key();
  on.expect(node.ask(known, new_key()) == "200", "the node alone does not serve");
  recorded_load load(on.options().program, "alone-" + std::to_string(++times),
                     {"--node", node.address(), "--connections", "8"}, rate, on.options().folder);
  bench::pass(1000);
  const int second = node.second();
  on.expect(second != 0, "a second node was let into the file");
  on.saw("a second node on the file ended with " + std::to_string(second));
  for (int i = 0; i < kills; ++i) {
    node.kill();
    node.start();
    until_it_serves(on, node, "killed and started again");
    bench::pass(300);
  }
  on.saw("killed " + std::to_string(kills) + " times");
  fill_disk(on, node, disk, known);
  fail_sync(on, node);
  load.end(on.broken());
  const int status = node.stop();
  on.expect(status == 0, "the node alone was told to end and ended with " + std::to_string(status));
  check_file(on, load, node.store());
}

} // namespace

std::vector<fault> faults_of_one_file() {
  return {{"F30", "a node alone over a file",
           "SIGKILL twice, a second node on its file, a full disk, a failed fsync, under a load of its own",
           "what was acknowledged is there; no two nodes in a file; refused without effect; stele check and verify",
           true, on_a_tight_disk}};
}

} // namespace drill
