// Commands over PostgreSQL, beside bare libpq that appends batches of the same size on as many connections.
#include "tests/bench/bare_appends.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/ordering.hpp"
#include "tests/bench/place.hpp"
#include "tests/bench/sweep.hpp"

namespace bench {
namespace {

constexpr std::size_t many = 4096; ///< Callers that keep every batch full.

class writes {
public:
  explicit writes(const assignment& given) : given_(given) {}

  void run() {
    for (int i = 0; i < given_.rounds; ++i) {
      beside_bare("one-lane", many, 1);
      beside_bare("two-lanes", many, 2);
      beside_bare("16-callers", 16, 1);
      beside_bare("64-callers", 64, 1);
      beside_bare("100-callers", 100, 1);
      one_caller();
      hot_order();
      with_view();
    }
    run_script(given_.postgres, "DROP SCHEMA IF EXISTS bare CASCADE");
  }

private:
  node_tally measure(std::size_t callers, std::uint32_t lanes, views what = views::none) const {
    const postgres_place place(given_.postgres, lanes);
    shop it(place.options, what);
    return run_on(it, callers, ordering(it), given_.warm(), given_.seconds);
  }

  tally bare(std::size_t callers, std::uint32_t connections, double mean_batch) const {
    return bare_appends(given_.postgres, connections, mean_batch, std::max<std::size_t>(callers, 16), given_.warm(),
                        given_.seconds);
  }

  void beside_bare(const char* name, std::size_t callers, std::uint32_t lanes) const {
    if (!given_.has(name)) return;
    const auto stele = measure(callers, lanes);
    print_wrong(name, stele.wrong);
    print_round(name, stele.per_second, bare(callers, lanes, stele.mean_batch).per_second);
  }

  void one_caller() const {
    if (!given_.has("one-caller")) return;
    const auto stele = measure(1, 1);
    print_wrong("one-caller", stele.wrong);
    print_round("one-caller", stele.p50_ms, bare(1, 1, 1).p50_ms);
  }

  void hot_order() const {
    if (!given_.has("hot-order") && !given_.has("hot-order-commits")) return;
    const auto hot = measure_hot();
    if (given_.has("hot-order")) {
      print_wrong("hot-order", hot.wrong);
      print_round("hot-order", hot.per_second, measure(256, 1).per_second);
    }
    if (given_.has("hot-order-commits")) {
      print_wrong("hot-order-commits", hot.wrong);
      print_round("hot-order-commits", hot.per_second, bare(1, 1, 1).per_second);
    }
  }

  /// All callers add to one order; after 1000 items the next one takes its place.
  node_tally measure_hot() const {
    constexpr std::size_t items = 1000, orders = 1000;
    const postgres_place place(given_.postgres);
    shop it(place.options, views::none);
    create_orders(it, "hot.", 0, orders);
    auto sent = std::make_shared<std::atomic<std::size_t>>(0);
    const auto add = [&it, sent](std::size_t, std::size_t, closed_loop::ticket ticket) {
      const auto id = "hot." + std::to_string(sent->fetch_add(1) / items % orders);
      submit(it, make_command(id, "add_order_item", add_body), ticket);
    };
    return run_on(it, 256, add, given_.warm(), given_.seconds);
  }

  void with_view() const {
    if (!given_.has("with-view")) return;
    const auto with = measure(many, 1, views::orders);
    const auto without = measure(many, 1);
    print_wrong("with-view", with.wrong + without.wrong);
    print_round("with-view", with.per_second, without.per_second);
  }

  const assignment& given_;
};

} // namespace
} // namespace bench

int main(int count, char** arguments) {
  return bench::run_bench(count, arguments, [](const bench::assignment& it) { bench::writes(it).run(); });
}
