#include "app/http/cluster_routes.hpp"

#include "actors/node.hpp"
#include "app/http/cluster_json.hpp"
#include "app/http/local_only.hpp"
#include "app/http/problem.hpp"

namespace stele::http {
namespace {

response alone() {
  return problem(404, "not_clustered",
                 "this node is alone and owns every shard; cluster.enabled makes it one of several");
}

void answer_cluster(node& shop, const reply& answer) {
  shop.cluster([&shop, answer](const std::optional<cluster_report>& it) {
    if (!it) return answer(alone());
    shop.reports([&shop, answer, seen = *it](const std::vector<view_report>& views) {
      answer({200, cluster_json(seen, views, shop.counters()), "application/json", {}});
    });
  });
}

} // namespace

void add_cluster_routes(routes& table, node& shop) {
  table.add(
      "GET", "/cluster", local_only([&shop](const request&, const reply& answer) { answer_cluster(shop, answer); }),
      {"The nodes of the store as this one sees them: who is there, who owns which shard, what moves.", {}, {}, {}});
}

} // namespace stele::http
