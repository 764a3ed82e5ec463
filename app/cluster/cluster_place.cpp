#include "app/cluster/cluster_place.hpp"

#include "actors/node.hpp"
#include "app/cluster/cluster_door.hpp"
#include "app/cluster/cluster_tls.hpp"
#include "app/cluster/peer_link.hpp"
#include "app/version.hpp"

namespace stele::cluster {

struct cluster_place::parts {
  parts(const cluster_settings& settings, peer_identity self, const registry& hosted, security::caf_tls_ptr tls,
        std::unique_ptr<cluster_door> opened)
      : door(std::move(opened)),
        way(settings, self, std::move(tls), [&hosted](std::string_view name) -> const table_schema* {
          const view_type* view = hosted.view(name);
          return view ? &view->definition().schema : nullptr;
        }) {}

  void answer(node& shop, const peer_question& what, std::function<void(peer_answer)> reply) {
    const auto* asked = std::get_if<try_to_reach>(&what);
    if (!asked) return shop.peer_asked(what, std::move(reply));
    way.reach(asked->number, asked->address, asked->wait_ms, [reply = std::move(reply)](reached it) { reply(it); });
  }

  std::unique_ptr<cluster_door> door;
  peer_link way;
};

cluster_place::cluster_place(std::unique_ptr<parts> parts) : parts_(std::move(parts)) {}
cluster_place::~cluster_place() { stop(); }

/// The parts of the version, two digits each.
std::uint32_t cluster_place::build() {
  std::uint32_t all = 0, part = 0;
  for (const char c : program_version) {
    if (c == '.') {
      all = all * 100 + part;
      part = 0;
    } else if (c >= '0' && c <= '9') {
      part = part * 10 + static_cast<std::uint32_t>(c - '0');
    }
  }
  return all * 100 + part;
}

link& cluster_place::peers() { return parts_->way; }
std::string cluster_place::address() const { return parts_->door->address(); }

void cluster_place::serve(node& shop) {
  parts_->door->serve({[&shop](command_ptr it) { shop.submit(std::move(it)); },
                       [&shop](query_ptr it) { shop.ask(std::move(it)); },
                       [this, &shop](peer_question what, std::function<void(peer_answer)> reply) {
                         parts_->answer(shop, what, std::move(reply));
                       }});
}

void cluster_place::stop() {
  parts_->way.stop();
  parts_->door->stop();
}

std::variant<std::unique_ptr<cluster_place>, std::string>
open_cluster_place(const cluster_settings& settings, const uuid& history, node_number me, const registry& hosted) {
  const peer_identity self{history, me, cluster_place::build()};
  const auto tls = read_tls(settings);
  if (!tls) return "The door for other nodes: " + tls.error().what + '.';
  auto door = open_cluster_door(settings, self, *tls);
  if (auto* why = std::get_if<std::string>(&door)) return std::move(*why);
  auto parts = std::make_unique<cluster_place::parts>(settings, self, hosted, *tls,
                                                      std::move(std::get<std::unique_ptr<cluster_door>>(door)));
  return std::unique_ptr<cluster_place>(new cluster_place(std::move(parts)));
}

membership_settings membership_settings_of(const cluster_settings& it) { return {it.lease_ms, it.moves_per_second, 4}; }

} // namespace stele::cluster
