// Operations as HTTP requests, and what came back as answers.
#pragma once

#include "app/load/operation.hpp"
#include "app/load/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stele::load {

struct http_request {
  std::string method, target, body;
  std::string key; ///< For `Idempotency-Key`; empty: none.
  std::int64_t answer_ms_max = 40'000;
};

http_request to_http(const operation& it);

/// An answer that is not understood is a refusal `internal`.
answer from_http(const operation& it, unsigned status, std::string_view body);

/// Of `GET /views`.
std::vector<view_lag> lags_from_http(std::string_view body);

} // namespace stele::load
