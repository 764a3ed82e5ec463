#include "tests/drills/faults.hpp"
#include "tests/drills/stranger.hpp"

#include <algorithm>

namespace drill {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t growth_mb_max = 200; ///< Of a node while somebody is rude to it.

/// Looks at a node while it is treated badly: it serves others, and its memory stays.
class watch {
public:
  watch(bench& on, std::size_t node) : on_(on), node_(node), before_mb_(on.resident_mb(node)) {}

  void others_are_served() {
    const auto begin = clock::now();
    const auto said = on_.try_command(node_, 0, 5000);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin).count();
    slowest_ms_ = std::max(slowest_ms_, ms);
    on_.expect(said == "200", "meanwhile " + cluster_nodes::name(node_) + " answered a command " + said);
  }
  void end() {
    on_.expect(!on_.nodes().ended_by_itself(node_), cluster_nodes::name(node_) + " ended");
    if (on_.nodes().ended_by_itself(node_)) return;
    const auto now = on_.resident_mb(node_);
    on_.expect(now < before_mb_ + growth_mb_max, cluster_nodes::name(node_) + " grew from " +
                                                     std::to_string(before_mb_) + " to " + std::to_string(now) + " MB");
    on_.saw("commands of others at most " + std::to_string(slowest_ms_) + " ms, memory " + std::to_string(before_mb_) +
            " to " + std::to_string(now) + " MB");
  }

private:
  bench& on_;
  std::size_t node_, before_mb_;
  std::int64_t slowest_ms_ = 0;
};

/// How many of them the other side closes, all within one time.
std::size_t count_ended(std::vector<stranger>& all, int limit_ms) {
  const auto until = clock::now() + std::chrono::milliseconds(limit_ms);
  std::size_t closed = 0;
  for (auto& it : all) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    closed += it.ended(std::max(0, static_cast<int>(left)));
  }
  return closed;
}

int port_in(const std::string& address) { return std::stoi(address.substr(address.rfind(':') + 1)); }

std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (auto& it : bytes) it = static_cast<char>(random());
  return bytes;
}

/// The 32 bytes before a message of CAF: an operation, and a length of 4 GB behind it.
std::string caf_header_of_4_gb(char operation) {
  std::string bytes(32, '\0');
  bytes[0] = operation;
  bytes.replace(4, 4, "\xff\xff\xff\xff");
  return bytes;
}

void garbage_to_caf(bench& on) {
  constexpr std::uint64_t rounds = 40;
  const auto node = on.any_node();
  watch look(on, node);
  std::vector<stranger> held;
  for (const int port : {port_in(on.nodes().gateway(node)), on.nodes().cluster_port(node)}) {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      held.emplace_back(port);
      held.back().send(i % 2 == 0 ? random_bytes(1 + i * 100, i) : caf_header_of_4_gb(static_cast<char>(i % 8)));
    }
    look.others_are_served();
    held.emplace_back(port).send(std::string(10, '\0')); // A handshake that is begun, and left.
  }
  const auto closed = count_ended(held, 4000);
  on.expect(closed == held.size(), "of " + std::to_string(held.size()) + " rude connections " +
                                       std::to_string(held.size() - closed) + " are still open");
  look.others_are_served();
  look.end();
}

void garbage_to_http(bench& on) {
  const auto node = on.any_node();
  watch look(on, node);
  const std::string post = "POST /order/x/create_order HTTP/1.1\r\nHost: localhost\r\n";
  const std::vector<std::string> all{random_bytes(4000, on.options().seed),
                                     post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                     post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                                     post + "Content-Length: -1\r\n\r\n",
                                     post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                                     std::string("GET /orders/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 42),
                                     "GET /orders/1 HTTP/1.1\nHost: localhost\n\n",
                                     "GET /" + std::string(60'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                     "GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(60'000, 'a') + "\r\n\r\n",
                                     "GET / HTTP/9.9\r\n\r\n",
                                     post +
                                         "Content-Type: application/json\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc"};
  std::map<std::string, std::size_t> answers;
  for (const auto& bytes : all) {
    stranger one(on.nodes().http_port(node));
    one.send(bytes);
    const auto said = one.read(4000);
    const auto status = said.empty() ? "closed" : said.substr(0, said.find("\r\n")).substr(9, 3);
    ++answers[status];
    on.expect(said.empty() || status[0] == '4' || status == "505" || status == "501",
              "a request that is none was answered " + said.substr(0, 60));
    look.others_are_served();
  }
  for (const auto& [status, times] : answers) on.saw(status + " " + std::to_string(times) + " times");
  look.end();
}

// A header that comes byte by byte, a body that does not come.
void slow(bench& on) {
  constexpr std::size_t callers = 300;
  const auto node = on.any_node();
  watch look(on, node);
  std::vector<stranger> all;
  for (std::size_t i = 0; i < callers; ++i) all.emplace_back(on.nodes().http_port(node), "127.0.0.9");
  for (const char c : std::string("GET / ")) {
    for (auto& it : all) it.send(std::string(1, c));
    look.others_are_served();
    bench::pass(400);
  }
  const auto closed = count_ended(all, 6000);
  on.expect(closed == callers, std::to_string(callers - closed) + " slow callers are still connected");
  on.saw(std::to_string(closed) + " callers of a byte each 0.4 s closed");
  look.end();
}

void giant(bench& on) {
  const auto node = on.any_node();
  watch look(on, node);
  const std::string post =
      "POST /order/x/create_order HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  std::string chunks = post + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 64; ++i) chunks += "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  for (const auto& bytes :
       {post + "Content-Length: 10000000000\r\n\r\n", post + "Content-Length: 1048577\r\n\r\n", chunks}) {
    stranger one(on.nodes().http_port(node));
    one.send(bytes);
    const auto said = one.read(4000);
    on.expect(said.empty() || said.find(" 413 ") != std::string::npos,
              "a giant body was answered " + said.substr(0, 60));
  }
  look.others_are_served();
  on.saw("10 GB, one byte above the limit, and endless chunks: 413 or closed");
  look.end();
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

void odd_json(bench& on) {
  const auto node = on.any_node();
  watch look(on, node);
  auto client = on.http(node, 10'000);
  const std::string begin = R"({"customer_id":"x","items":[],"shipping_address":)";
  for (const auto& body : {repeated("[", 100'000), repeated(R"({"a":)", 50'000),
                           begin + repeated("[", 200) + repeated("]", 200) + "}", begin + R"({},"customer_id":"y"})",
                           R"({"customer_id":"x","items":[{"product_id":"p","quantity":1,"price":1e400}],)" +
                               std::string(R"("shipping_address":{}})"),
                           begin + R"({"city":"\ud800"}})", begin + "{\"city\":\"\xff\"}}",
                           std::string("{\"customer_id\":\"") + std::string(900'000, 'x')}) {
    const auto answer =
        client.request("POST", "/order/odd-" + new_key() + "/create_order", body, {{"Idempotency-Key", new_key()}});
    on.expect(!answer.has_error() && answer->status >= 400 && answer->status < 500,
              "odd JSON (" + body.substr(0, 40) + "...) was answered " +
                  (answer.has_error() ? answer.error().what : std::to_string(answer->status) + " " + answer->body));
  }
  look.others_are_served();
  on.saw("deep, doubled, endless, beyond numbers, no text: 4xx each");
  look.end();
}

void idle_connections(bench& on) {
  constexpr std::size_t each = 1200, one_address_max = 1024;
  const auto node = on.any_node();
  watch look(on, node);
  std::vector<stranger> all;
  for (const auto* from : {"127.0.0.5", "127.0.0.6", "127.0.0.7"})
    for (std::size_t i = 0; i < each; ++i) all.emplace_back(on.nodes().http_port(node), from);
  look.others_are_served();
  const auto refused = count_ended(all, 0);
  on.expect(refused >= 3 * (each - one_address_max), "of " + std::to_string(all.size()) +
                                                         " connections of three addresses only " +
                                                         std::to_string(refused) + " were refused");
  on.saw(std::to_string(all.size()) + " connections, " + std::to_string(refused) + " refused");
  look.others_are_served();
  look.end();
}

} // namespace

std::vector<fault> faults_of_strangers() {
  return {
      {"F18", "garbage at the CAF doors", "random bytes, headers of 4 GB, begun handshakes, at both doors of a node",
       "each is closed, others are served, memory stays", true, garbage_to_caf},
      {"F19", "garbage at the HTTP door", "request smuggling, bad chunks, zero bytes, endless lines, random bytes",
       "4xx or closed, others are served", true, garbage_to_http},
      {"F20", "slow callers", "300 callers send their header byte by byte",
       "they are closed in time, others are served", true, slow},
      {"F21", "giant bodies", "10 GB announced, one byte too much, chunks without end",
       "413 before it is read, memory stays", true, giant},
      {"F22", "odd JSON", "deep, doubled, endless, beyond numbers, no text", "4xx, others are served", true, odd_json},
      {"F23", "idle connections", "3,600 connections of three addresses to one node",
       "those beyond the limit of an address are refused, others are served", true, idle_connections}};
}

} // namespace drill
