// A stranger's program that talks to a node over CAF: `caf_client 127.0.0.1:7710`.
//
// The client connects by itself, reconnects, and repeats a command under one id until it is answered, so a line of
// `send` has one effect however bad the network is. Queries wait for what this client has written before.
#include "app/client/client.hpp"
#include "domain/order_view.hpp"

#include <iostream>
#include <random>

namespace {

/// Prints an outcome: its value, or the node's reason.
template <class Value, class Show>
bool tell(const char* what, const stele::outcome<Value>& it, Show show) {
  std::cout << what << ": ";
  if (it)
    show(*it);
  else
    std::cout << it.error().code << ": " << it.error().message;
  std::cout << std::endl;
  return it.has_value();
}

} // namespace

int main(int argc, char** argv) {
  auto shop = stele::connect({argc > 1 ? argv[1] : "127.0.0.1:7710"});
  const std::string id = argc > 2 ? argv[2] : "caf-" + std::to_string(std::random_device{}());
  const auto version = [](const stele::accepted& it) { std::cout << "version " << it.version; };
  const auto rows = [](const stele::found& it) {
    for (const auto& row : it.rows) std::cout << row << (it.stale ? " (stale)" : "");
  };

  const order::create_order create{
      "ada", {{"tea", 2, stele::cents(450)}}, stele::json_object::from_json(R"({"city":"London"})")};
  if (!tell("create", shop.send<order::aggregate>(id, create), version)) return 1;
  if (!tell("add", shop.send<order::aggregate>(id, order::add_order_item{"cup", 1, stele::cents(999)}), version))
    return 1;
  if (!tell("get", shop.get("order_views", id), rows)) return 1;
  if (!tell("cancel", shop.send("order", id, "cancel_order", R"({"reason":"too much tea"})"), version)) return 1;
  order_view::orders_of_customer of_ada;
  of_ada.customer_id = "ada";
  if (!tell("list", shop.query(of_ada), rows)) return 1;

  const auto late = shop.send<order::aggregate>(id, order::ship_order{});
  return tell("ship", late, version) ? 1 : 0; // A cancelled order is not shipped: the node says why.
}
