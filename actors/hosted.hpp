// Makes the types of a domain known to the runtime: what an assembly registers.
#pragma once

#include "actors/hosted_aggregate.hpp"  // host_aggregate<order::aggregate>()
#include "actors/hosted_keyed_view.hpp" // host_view<customer_view::view>()
#include "actors/hosted_query.hpp"      // host_query<order_view::orders_of_customer>()
#include "actors/hosted_view.hpp"       // host_view<order_view::view>()
