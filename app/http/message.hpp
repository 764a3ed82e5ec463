// A request as a handler sees it, and the answer it gives.
#pragma once

#include "app/http/header_list.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele::http {

/// A request, read whole and found well-formed: valid escapes, valid UTF-8 in path and query.
struct request {
  std::string method;                                          ///< As `GET`; a HEAD comes as GET.
  std::vector<std::string> path;                               ///< Decoded segments: `orders`, `7`.
  std::vector<std::pair<std::string, std::string>> query;      ///< Decoded, in the order sent.
  std::vector<std::pair<std::string, std::string>> parameters; ///< What stands for each `{name}` of the route.
  header_list headers;                                         ///< Names in lower case.
  std::string body;
  bool may_administer = true; ///< Where keys are asked for: its key is good for the route; else it is on this machine.

  /// The segment that stands for `{name}`; the route has one.
  const std::string& parameter(std::string_view name) const;
  /// First header of that name (lower case), or null.
  const std::string* header(std::string_view name) const;
  /// First query value of that name, or null.
  const std::string* query_value(std::string_view name) const;
};

/// The rest of an answer whose end nobody knows: pieces, asked for one by one.
class body_stream {
public:
  virtual ~body_stream() = default; ///< Also when the caller is gone.

  using taker = std::function<void(std::optional<std::string>)>;

  /// Asks for the next piece: called once the one before is with the caller, so that a slow caller holds one in memory.
  /// `then` is called once, from any thread, with a piece, or with nothing: that was all. Dropped: the caller waits.
  virtual void next(taker then) = 0;
};

/// An answer. The server adds length, date, security headers and `Connection`.
struct response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  header_list headers;
  std::shared_ptr<body_stream> rest = nullptr; ///< What follows `body`; the connection ends with it, or when the
                                               ///< server stops.
};

/// The way back to the caller. Copies share it. Safe from any thread; the first answer counts, later ones are dropped.
class reply {
public:
  /// Takes an answer or, with `late` true, what is to be said if there is none in time.
  using target = std::function<void(response, bool late)>;

  explicit reply(target to) : to_(std::make_shared<target>(std::move(to))) {}

  void operator()(response it) const { (*to_)(std::move(it), false); }
  /// What the caller hears at the deadline (`http_settings::answer_ms`). Unless set: 504 and "try again".
  void when_late(response it) const { (*to_)(std::move(it), true); }

private:
  std::shared_ptr<target> to_;
};

/// Answers a request, at once or later. Called on a thread of the server: must not block.
using handler = std::function<void(const request&, reply)>;

} // namespace stele::http
