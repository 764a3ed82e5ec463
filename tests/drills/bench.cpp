#include "tests/drills/bench.hpp"

#include "tests/drills/told_check.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace drill {

namespace json = boost::json;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t nodes_at_first = 3, nodes_most = 4;
constexpr int replaced_status = 3;
constexpr int lease_ms = 2000;

// A short lease, so that a drill is short, and a short time for request headers.
cluster_shape shape_for(const bench_options& how) {
  cluster_shape it;
  it.node_settings = {"--cluster.lease-ms=" + std::to_string(lease_ms), "--cluster.silence-ms-max=1500"};
  const auto given = [](const std::string& one) { return one.rfind("--http.header-ms-max", 0) == 0; };
  if (std::none_of(how.node_settings.begin(), how.node_settings.end(), given))
    it.node_settings.push_back("--http.header-ms-max=2000");
  it.node_settings.insert(it.node_settings.end(), how.node_settings.begin(), how.node_settings.end());
  it.server_settings = how.server_settings;
  it.shim = how.shim;
  it.logs = how.folder;
  return it;
}

std::string list_of(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& it : all) text += (text.empty() ? "" : ",") + it;
  return text;
}

std::string in_ms(double value) { return std::to_string(static_cast<long>(value)) + " ms"; }

} // namespace

bench::bench(bench_options how)
    : how_(std::move(how)), nodes_(how_.program, nodes_most, shape_for(how_)), random_(how_.seed) {
  for (std::size_t i = 0; i < nodes_at_first; ++i) nodes_.start(i);
  nodes_.wait_until_even();
  book_ = std::make_unique<cluster_load>(nodes_);
  probes_ = std::make_unique<shard_probes>(nodes_, *book_);
  std::vector<std::string> http, gateways;
  for (std::size_t i = 0; i < nodes_at_first; ++i) {
    http.push_back("127.0.0.1:" + std::to_string(nodes_.http_port(i)));
    gateways.push_back(nodes_.gateway(i));
  }
  loads_.push_back(std::make_unique<recorded_load>(
      how_.program, "over-http", std::vector<std::string>{"--node", list_of(http), "--connections", "24"}, how_.rate,
      how_.folder));
  loads_.push_back(std::make_unique<recorded_load>(
      how_.program, "over-caf", std::vector<std::string>{"--gateway", list_of(gateways)}, how_.rate, how_.folder));
}

bench::~bench() {
  std::error_code ignored; // Without the log the drill is what it is.
  std::filesystem::copy_file(server().log(), how_.folder + "/postgresql.log", ignored);
}

const std::vector<recorded_load*> bench::loads() const {
  std::vector<recorded_load*> all;
  for (const auto& it : loads_) all.push_back(it.get());
  return all;
}

void bench::saw(const std::string& what) { seen_ += (seen_.empty() ? "" : "; ") + what; }

void bench::expect(bool holds, const std::string& what) {
  if (!holds) broke(what);
}

std::size_t bench::any_node() { return random_() % nodes_at_first; }

void bench::pass(int ms) { ::poll(nullptr, 0, ms); } // The load goes on.

void bench::let_leases_end() { pass(lease_ms); }

void bench::serve_again(const std::string& whose, const std::vector<std::uint32_t>& shards, clock::time_point begin) {
  const auto ms = probes_->send(shards, begin, broken_);
  saw(whose + ": first command on each of " + std::to_string(shards.size()) + " shards p50 " +
      in_ms(percentile(ms, 50)) + ", max " + in_ms(percentile(ms, 100)));
}

void bench::expect_replaced(std::size_t node, const std::string& why) {
  const int status = nodes_.wait(node);
  if (status != replaced_status) {
    nodes_.show_log(node);
    broke(nodes_.name(node) + " " + why + ", and ended with " + std::to_string(status) + " instead of 3");
  }
}

void bench::start_who_ended() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_.ended_by_itself(i)) {
      const int status = nodes_.wait(i);
      saw(nodes_.name(i) + " ended with " + std::to_string(status));
      if (status != replaced_status && !may_end_[i]) {
        nodes_.show_log(i);
        broke(nodes_.name(i) + " ended by itself with " + std::to_string(status));
      }
    }
    if (i < nodes_at_first && !nodes_.runs(i)) nodes_.start(i);
  }
}

void bench::heal() {
  const auto begin = clock::now();
  start_who_ended();
  nodes_.wait_until_even();
  start_who_ended();
  std::vector<std::uint32_t> all(cluster_nodes::shards);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  probes_->send(all, begin, broken_);
  saw("all served " + in_ms(std::chrono::duration<double, std::milli>(clock::now() - begin).count()) +
      " after healing");
  may_end_.clear();
}

stele::http::http_client bench::http(std::size_t node, int timeout_ms) const {
  return {"127.0.0.1", nodes_.http_port(node), std::chrono::milliseconds(timeout_ms)};
}

std::string bench::try_command(std::size_t node, std::uint32_t shard, int timeout_ms) {
  const auto key = new_key(), order = probes_->order_in(shard);
  auto client = http(node, timeout_ms);
  const auto answer = client.request("POST", "/orders/" + order + "/items",
                                     R"({"product_id":"drill","quantity":1,"price":1})", {{"Idempotency-Key", key}});
  if (answer.has_error()) return answer.error().sent ? "no answer" : "not connected";
  const auto body = json::parse(answer->body);
  if (answer->status == 200) {
    book_->remember({key, "order-" + order, body.at("version").to_number<std::uint64_t>()});
    return "200";
  }
  return std::to_string(answer->status) + " " + std::string(body.at("code").as_string());
}

std::size_t bench::resident_mb(std::size_t node) const {
  std::ifstream in("/proc/" + std::to_string(nodes_.process(node)) + "/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident / 256; // Pages of 4 KB.
}

std::uint64_t bench::check_everything(std::vector<std::string>& what_was_checked) {
  for (const auto& it : loads_) {
    it->end(broken_);
    it->take();
  }
  what_was_checked.push_back("log against " + std::to_string(book_->told().size()) + " commands of the drills: " +
                             check_told(server(), book_->told(), false, broken_) + " events");
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_.runs(i))
      if (const int status = nodes_.stop(i); status != 0)
        broke(nodes_.name(i) + " was told to end and ended with " + std::to_string(status));
  std::uint64_t operations = counted_;
  for (const auto& it : loads_) {
    const auto found = it->check(server().uri(), broken_);
    operations += found.operations;
    what_was_checked.push_back("stele check: " + std::to_string(found.operations) + " operations, " +
                               std::to_string(found.unknown) + " of unknown outcome" +
                               (found.clean ? ", clean" : ", BROKEN PROMISES"));
  }
  child_process verifier({how_.program, "verify", "--store", server().uri()});
  std::string last;
  for (std::string line; verifier.read_line(line);) last = line;
  const int status = verifier.wait();
  what_was_checked.push_back("stele verify: " + last);
  if (status != 0) broke("stele verify ended with " + std::to_string(status) + ": " + last);
  return operations;
}

} // namespace drill
