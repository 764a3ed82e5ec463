// Which handler answers which path.
#pragma once

#include "app/http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stele::http {

/// What a caller's key must allow, where callers need keys; each includes those before it.
enum class access : std::uint8_t {
  by_method, ///< `query` for a GET, else `command`.
  open,      ///< Nobody needs a key.
  query,
  command,
  admin,
};

/// A query parameter of a route, for `/openapi.json`.
struct query_parameter {
  std::string name;
  std::string meaning;
  bool required = false;
};

/// What `/openapi.json` says of a route.
struct route_notes {
  std::string summary;
  std::vector<query_parameter> query;
  std::string body;       ///< One sentence on the JSON body; empty: it takes none.
  std::string answers;    ///< Name of a view whose row is answered; empty: described by the summary.
  bool takes_key = false; ///< A command: `Idempotency-Key` is read.
  access needs = access::by_method;
};

struct route {
  std::string method;                ///< `GET`, `POST`, `DELETE` …
  std::string pattern;               ///< As `/orders/{id}/items`.
  std::vector<std::string> segments; ///< Of the pattern.
  handler answer;
  route_notes notes;
};

/// What was found for a path: a route and what stands for its parameters; or the methods the path has (none: no such
/// path).
struct route_match {
  const route* found = nullptr;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::string> allowed;
};

/// The table of a server. Filled before the server starts, then never changed.
class routes {
public:
  /// `{name}` stands for any one segment. Where two patterns match, the one with the earlier literal wins, so that
  /// `/orders/search` is not taken for `/orders/{id}`. The same method and pattern again: the first stays.
  void add(std::string method, std::string pattern, handler answer, route_notes notes = {});

  route_match match(std::string_view method, const std::vector<std::string>& path) const;
  const std::vector<route>& all() const { return all_; }

private:
  std::vector<route> all_;
};

} // namespace stele::http
