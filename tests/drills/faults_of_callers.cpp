#include "tests/drills/faults.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <future>

namespace drill {

namespace json = boost::json;
using clock = std::chrono::steady_clock;

namespace {

stele::client client_of(bench& on, std::size_t in_flight = 256) {
  stele::client_options how;
  for (std::size_t i = 0; i < 3; ++i) how.servers.push_back(on.nodes().gateway(i));
  how.in_flight_max = in_flight;
  how.command_timeout_ms = 20'000;
  return stele::client(how);
}

const char* const new_order = R"({"customer_id":"drill","items":[{"product_id":"lamp","quantity":1,"price":1}],)"
                              R"("shipping_address":{}})";
const char* const new_item = R"({"product_id":"bulb","quantity":1,"price":1})";

std::string version_over_http(stele::http::http_client& node, const done_command& it) {
  const auto answer =
      node.request("POST", "/order/" + it.order_id + "/" + it.type, it.body, {{"Idempotency-Key", it.key}});
  if (answer.has_error()) return answer.error().what;
  if (answer->status != 200 && answer->status != 201) return answer->body;
  return std::to_string(json::parse(answer->body).at("version").to_number<std::uint64_t>());
}

std::string version_over_caf(stele::client& by, const done_command& it) {
  stele::send_options how;
  how.command_id = stele::parse_uuid(it.key);
  const auto done = by.send("order", it.order_id, it.type, it.body, how);
  return done ? std::to_string(done->version) : done.error().code + ": " + done.error().message;
}

// What was answered long ago is sent again, at each node and by both ways, the last first.
void sent_again(bench& on) {
  constexpr std::size_t most = 60, wanted = 10;
  std::vector<done_command> all;
  bench::wait_until(
      [&] {
        all.clear();
        for (auto* load : on.loads()) {
          load->take();
          all.insert(all.end(), load->done().begin(), load->done().end());
        }
        return all.size() >= wanted;
      },
      20'000);
  auto by = client_of(on);
  std::size_t times = 0;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
    const auto& it = all[all.size() - 1 - i * all.size() / std::min(all.size(), most)];
    auto node = on.http(i % 3, 10'000);
    const auto first = version_over_http(node, it), second = version_over_caf(by, it);
    for (const auto& said : {first, second})
      on.expect(said == std::to_string(it.version), "the command " + it.key + " was answered with version " +
                                                        std::to_string(it.version) + ", and sent again with " + said);
    times += 2;
  }
  on.expect(times >= wanted, "no command was there to be sent again");
  on.saw(std::to_string(times) + " commands sent again, over HTTP and over CAF, each with its first answer");
}

/// The shards of the view of orders that have stopped, anywhere.
std::string stopped_shards(bench& on) {
  std::string found;
  for (std::size_t node = 0; node < 3; ++node) {
    const auto answer = on.http(node).request("GET", "/views");
    if (answer.has_error() || answer->status != 200) continue;
    const auto body = json::parse(answer->body);
    for (const auto& view : body.at("items").as_array())
      if (view.at("view").as_string() == "order_views")
        for (const auto& it : view.at("stopped").as_array())
          found += std::to_string(it.at("shard").to_number<int>()) + " at position " +
                   std::to_string(it.at("position").to_number<std::uint64_t>()) + " ";
  }
  return found;
}

stele::outcome<stele::accepted> send(bench& on, stele::client& by, const std::string& order, const std::string& type,
                                     const char* body) {
  stele::send_options how;
  how.command_id = stele::parse_uuid(new_key());
  auto done = by.send("order", order, type, body, how);
  if (done) on.book().remember({to_string(*how.command_id), "order-" + order, done->version});
  return done;
}

std::size_t owner_of(bench& on, std::uint32_t shard) {
  for (std::size_t node = 0; node < 3; ++node)
    for (const auto it : on.nodes().shards_of(node))
      if (it == shard) return node;
  throw std::runtime_error("nobody owns shard " + std::to_string(shard));
}

void ask_views(bench& on, const std::string& what) {
  for (std::size_t node = 0; node < 3; ++node) on.http(node).request("POST", "/views/order_views/" + what);
}

// The view is paused, so that the event is read from the store, where it was made unreadable; and its owner is killed.
void poisoned(bench& on) {
  const auto order = "poison-" + new_key(), stream = "order-" + order;
  const auto shard = stele::shard_of(stream, cluster_nodes::shards);
  auto by = client_of(on);
  ask_views(on, "pause");
  on.expect(bool(send(on, by, order, "create_order", new_order)), "the order to be poisoned could not be made");
  const auto good = on.server().run("SELECT payload FROM stele.es_events WHERE stream_id = '" + stream + "'");
  on.server().run("UPDATE stele.es_events SET payload = '[]' WHERE stream_id = '" + stream + "'");
  const auto owner = owner_of(on, shard);
  on.nodes().kill(owner);
  on.nodes().start(owner);
  on.nodes().wait_until_even();
  ask_views(on, "resume");
  std::string stopped, said;
  bench::wait_until([&] { return !(stopped = stopped_shards(on)).empty(); }, 15'000);
  on.expect(stopped.rfind(std::to_string(shard) + " at ", 0) == 0,
            "shard " + std::to_string(shard) + " of the view must stop, found stopped: " + stopped);
  on.expect((said = on.try_command(0, shard)) == "200", "in the shard that stopped a command was answered " + said);
  on.server().run("UPDATE stele.es_events SET payload = '" + good + "' WHERE stream_id = '" + stream + "'");
  ask_views(on, "resume");
  const auto shown = [&] {
    const auto answer = on.http(0).request("GET", "/orders/" + order);
    return stopped_shards(on).empty() && !answer.has_error() && answer->status == 200;
  };
  on.expect(bench::wait_until(shown, 15'000), "the view did not go on after the event could be read again");
  on.saw("stopped: shard " + stopped + "; a command in it 200; resumed, and its row is there");
}

// Far more than one aggregate takes at a time.
void hot(bench& on) {
  constexpr std::size_t commands = 2000, in_flight = 500;
  const auto order = "hot-" + new_key();
  auto by = client_of(on, in_flight);
  on.expect(bool(send(on, by, order, "create_order", new_order)), "the hot order could not be made");
  std::vector<std::future<stele::outcome<stele::accepted>>> answers;
  std::vector<stele::command_request> sent;
  for (std::size_t i = 0; i < commands; ++i) {
    stele::command_request it;
    it.aggregate = "order";
    it.id = order;
    it.type = "add_order_item";
    it.body = new_item;
    it.command_id = *stele::parse_uuid(new_key());
    it.timeout_ms = 20'000;
    auto promise = std::make_shared<std::promise<stele::outcome<stele::accepted>>>();
    answers.push_back(promise->get_future());
    by.send_later(it, [promise](auto outcome) { promise->set_value(std::move(outcome)); });
    sent.push_back(std::move(it));
  }
  const auto begin = clock::now();
  const auto neighbour = on.try_command(0, 0);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin).count();
  std::map<std::string, std::size_t> others;
  std::size_t done = 0;
  for (std::size_t i = 0; i < commands; ++i) {
    const auto it = answers[i].get();
    if (it) on.book().remember({to_string(sent[i].command_id), "order-" + order, it->version});
    it ? ++done : ++others[it.error().code];
  }
  on.expect(neighbour == "200", "beside a hot aggregate a command was answered " + neighbour);
  on.saw(std::to_string(done) + " of " + std::to_string(commands) + " done; a command to another took " +
         std::to_string(ms) + " ms");
  for (const auto& [code, times] : others) on.saw(code + " " + std::to_string(times));
}

} // namespace

std::vector<fault> faults_of_callers() {
  return {{"F13", "late retries, elsewhere and by another way",
           "commands answered long ago are sent again with their ids, at other nodes, over HTTP and over CAF",
           "each gets its first answer; one effect for a command", false, sent_again},
          {"F16", "an event no projection can fold",
           "an event in the store is made unreadable before a new owner of its shard reads it, and readable again",
           "that shard of that view stops and says where; commands go on; resumed, it catches up", true, poisoned},
          {"F24", "a hot aggregate", "2,000 commands to one order at a time",
           "each is done or refused without effect; others are served", true, hot}};
}

} // namespace drill
