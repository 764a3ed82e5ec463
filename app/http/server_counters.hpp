// What the HTTP server counts.
#pragma once

#include "actors/counters.hpp"

namespace stele::http {

/// Any thread adds; `/metrics` and tests read.
struct server_counters {
  counter connections_accepted{0}, connections_refused{0};
  counter connections_open{0}; ///< Gauge.
  counter requests_in_work{0}; ///< Gauge.
  counter answers_2xx{0}, answers_4xx{0}, answers_5xx{0};
  counter refused_unread{0};    ///< Requests answered before a route was looked for.
  counter streams_open{0};      ///< Gauge: answers without an end.
  counter denied{0};            ///< Requests without a key that allows them.
  counter handshakes_failed{0}; ///< Connections that spoke no TLS, or had no certificate of the right authority.
  counter timed_out{0};         ///< Connections given up for slowness.
  histogram request_us;         ///< From the end of the request to its answer.
};

} // namespace stele::http
