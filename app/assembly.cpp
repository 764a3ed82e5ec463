#include "app/assembly.hpp"

#include "app/http/order_routes.hpp"
#include "domain/account.hpp"
#include "domain/account_view.hpp"
#include "domain/customer_view.hpp"
#include "domain/order.hpp"
#include "domain/order_view.hpp"

void stele::assemble(runtime& shop) {
  shop.host<order::aggregate>();
  shop.project<order_view::view>();
  shop.project<customer_view::view>();
  shop.answer<order_view::orders_of_customer>();
  shop.answer<order_view::search_orders>();
  shop.add_routes(http::add_order_routes);

  shop.host<account::aggregate>();
  shop.project<account_view::view>();
  shop.answer<account_view::accounts_of_owner>();
}
