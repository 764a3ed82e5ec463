// How fast a history is held against a store: makes both, of as many operations as asked for (a million), in a folder,
// and checks them. Prints a table; passes no verdict on time, but ends with 1 when what it made is not found clean.
#include "app/check/check.hpp"
#include "app/check/history_reader.hpp"
#include "app/load/command_bodies.hpp"
#include "app/load/history_file.hpp"
#include "tests/kit/ask.hpp"
#include "tests/kit/temporary_folder.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace stele::check {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin) { return std::chrono::duration<double>(steady::now() - begin).count(); }

/// Of this process: what a machine that others work on, too, says least wrong.
double processor_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto in_s = [](const timeval& it) {
    return static_cast<double>(it.tv_sec) + 1e-6 * static_cast<double>(it.tv_usec);
  };
  return in_s(used.ru_utime) + in_s(used.ru_stime);
}

long peak_mb() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss / 1024;
}

struct made_order {
  order_view::row row;
  shard_number shard = 0;
  token written;
};

struct made_client {
  std::vector<made_order> orders;
  std::uint64_t operations = 0;
  std::optional<std::pair<load::operation, load::answer>> last; ///< For retries.
};

/// Clients that take turns; each answer is the right one.
class generator {
public:
  generator(store& storage, const std::string& file) : storage_(storage), out_(file, std::ios::binary) {}

  void make(std::uint64_t operations) {
    for (std::uint64_t i = 0; i < operations; ++i) one(static_cast<std::uint32_t>(random_.below(clients_.size())));
    flush();
    out_.close();
    if (!out_) throw std::runtime_error("the history can't be written");
  }

private:
  void one(std::uint32_t number) {
    auto& client = clients_[number];
    const auto dice = random_.below(100);
    if (client.orders.empty() || dice < 8) return create(number);
    auto& order = client.orders.back();
    if (dice < 38) return change(number, order);
    if (dice < 45) return again(number);
    if (dice < 95) return look_up(number, client.orders[random_.below(client.orders.size())], dice < 60);
    list(number);
  }

  void create(std::uint32_t number) {
    auto& client = clients_[number];
    auto& order = client.orders.emplace_back();
    order.row.order_id = "o" + std::to_string(number) + '.' + std::to_string(client.orders.size());
    order.row.customer_id = "c" + std::to_string(number);
    const std::vector<load::order_line> lines{load::random_line(random_)};
    order.row.total_amount = cents(lines.front().cents());
    order.row.item_count = 1;
    command(number, order, "create_order", "order_created", load::create_body(order.row.customer_id, lines));
  }

  void change(std::uint32_t number, made_order& order) {
    const bool ended = order.row.status != order_view::status::pending;
    const auto line = load::random_line(random_);
    if (ended) return refuse(number, order, line.json());
    if (order.row.version > 5) {
      order.row.status = order_view::status::shipped;
      return command(number, order, "ship_order", "order_shipped", "{}");
    }
    order.row.total_amount = order.row.total_amount + cents(line.cents());
    ++order.row.item_count;
    command(number, order, "add_order_item", "order_item_added", line.json());
  }

  load::operation begin(std::uint32_t number, load::op_kind kind) {
    load::operation it;
    it.number = ++clients_[number].operations;
    it.kind = kind;
    it.intended_ns = it.sent_ns = now_ns_ += 10'000;
    return it;
  }

  void write(std::uint32_t number, const load::operation& it, const load::answer& how) {
    out_ << load::history_line(number, it, how, now_ns_ += 5'000);
  }

  load::operation command_of(std::uint32_t number, const made_order& order, const char* name, std::string body) {
    auto it = begin(number, load::op_kind::add);
    it.order_id = order.row.order_id;
    it.command = name;
    it.body = std::move(body);
    it.key = make_uuid_v7(1'700'000'000'000, random_.next(), random_.next());
    return it;
  }

  void command(std::uint32_t number, made_order& order, const char* name, const char* type, std::string body) {
    const auto it = command_of(number, order, name, std::move(body));
    const auto& event = append(order, it.key, type, it.body);
    load::answer how;
    how.version = order.row.version = event.version;
    how.shard = order.shard = event.shard;
    how.position = event.position;
    how.repeated = false;
    how.at = order.written = make_token(storage_.events().identity().history, event.shard, event.position);
    write(number, it, how);
    clients_[number].last.emplace(it, how);
    if (batch_->size() == batch_max) flush();
  }

  const recorded_event& append(const made_order& order, const uuid& key, const char* type, const std::string& payload) {
    recorded_event it;
    it.stream_id = "order-" + order.row.order_id;
    it.shard = shard_of(it.stream_id, static_cast<std::uint32_t>(heads_.size()));
    it.position = ++heads_[it.shard];
    it.version = order.row.version + 1;
    it.event_id = make_uuid_v7(1'700'000'000'000, random_.next(), random_.next());
    it.command_id = key;
    it.command_digest = hash_to_uuid(payload);
    it.type = type;
    it.payload = payload;
    it.recorded_at = 1'700'000'000'000;
    return batch_->emplace_back(std::move(it));
  }

  void flush() {
    const auto batch = std::exchange(batch_, std::make_shared<std::vector<recorded_event>>());
    const auto stored = kit::ask<done>([&](auto reply) { storage_.events().append(0, batch, reply); });
    if (!stored) throw std::runtime_error(stored.error().what);
  }

  void refuse(std::uint32_t number, const made_order& order, std::string body) {
    load::answer how;
    how.refused = refusal{refusal_kind::rejected, "already_shipped", "", {}};
    write(number, command_of(number, order, "add_order_item", std::move(body)), how);
  }

  void again(std::uint32_t number) {
    const auto& [first, answered] = *clients_[number].last;
    auto it = first;
    it.kind = load::op_kind::retry;
    it.number = ++clients_[number].operations;
    it.intended_ns = it.sent_ns = now_ns_ += 10'000;
    auto how = answered;
    how.repeated = true;
    write(number, it, how);
  }

  void look_up(std::uint32_t number, const made_order& order, bool with_token) {
    auto it = begin(number, with_token ? load::op_kind::look_up_token : load::op_kind::look_up);
    it.order_id = order.row.order_id;
    if (with_token) it.after = order.written;
    load::answer how;
    how.rows = {order.row};
    how.at = make_token(storage_.events().identity().history, order.shard, heads_[order.shard]);
    write(number, it, how);
  }

  void list(std::uint32_t number) {
    const auto& orders = clients_[number].orders;
    auto it = begin(number, load::op_kind::list);
    it.customer_id = orders.front().row.customer_id;
    load::answer how;
    how.total = orders.size();
    for (auto at = orders.rbegin(); at != orders.rend() && how.rows.size() < load::page_size; ++at)
      how.rows.push_back(at->row);
    how.at.history = storage_.events().identity().history;
    for (shard_number shard = 0; shard < heads_.size(); ++shard)
      if (heads_[shard] > 0) how.at.positions.emplace_back(shard, heads_[shard]);
    write(number, it, how);
  }

  static constexpr std::size_t batch_max = 5000;

  store& storage_;
  std::ofstream out_;
  load::random_words random_{1};
  std::vector<made_client> clients_{1000};
  std::vector<shard_position> heads_ = std::vector<shard_position>(storage_.events().identity().shards);
  std::shared_ptr<std::vector<recorded_event>> batch_ = std::make_shared<std::vector<recorded_event>>();
  std::int64_t now_ns_ = 1'000'000'000;
};

void make_both(const std::string& uri, const std::string& file, std::uint64_t operations) {
  store_options fresh;
  fresh.uri = uri;
  auto opened = open_store(fresh);
  if (!opened) throw std::runtime_error(opened.error().what);
  generator(**opened, file).make(operations);
}

int run(std::uint64_t operations) {
  const kit::temporary_folder folder;
  const auto uri = "sqlite:" + folder / "shop.db", file = folder / "h.jsonl";
  auto began = steady::now();
  make_both(uri, file, operations);
  std::printf("made      %8.2f s\n", seconds_since(began));
  began = steady::now();
  const auto used_before = processor_s();
  std::ifstream in(file, std::ios::binary);
  history told;
  if (const auto why = read_history(in, told)) throw std::runtime_error(*why);
  const auto read_s = seconds_since(began);
  store_options options;
  options.uri = uri;
  options.read_only = true;
  auto opened = open_store(options);
  if (!opened) throw std::runtime_error(opened.error().what);
  const auto log = log_of(**opened, {});
  const auto what = log ? check(told, *log) : stored<verdicts>(log.error());
  if (!what) throw std::runtime_error(what.error().what);
  const auto all_s = seconds_since(began);
  std::printf(
      "read      %8.2f s\nchecked   %8.2f s\nboth      %8.2f s (processor %.2f s), %.0f operations/s, peak %ld MB\n",
      read_s, all_s - read_s, all_s, processor_s() - used_before, static_cast<double>(operations) / all_s, peak_mb());
  std::printf("operations %zu, commands %zu, rows %zu, events %llu\n", told.operations.size(), told.commands.size(),
              told.rows.size(), static_cast<unsigned long long>(what->seen.events));
  for (const auto& it : what->found.all()) std::printf("%s: %s\n", it.kind.c_str(), it.first.c_str());
  return what->found.none() ? 0 : 1;
}

} // namespace

} // namespace stele::check

int main(int count, char** arguments) {
  try {
    return stele::check::run(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
