#include "app/http/event_stream.hpp"

#include "actors/node.hpp"
#include "app/http/event_json.hpp"

#include <algorithm>
#include <utility>

namespace stele::http {
namespace {

/// Lives as long as its connection.
class event_stream final : public body_stream, public std::enable_shared_from_this<event_stream> {
public:
  event_stream(node& shop, events_request what, std::shared_ptr<server_counters> counters)
      : shop_(shop), what_(std::move(what)), counters_(std::move(counters)) {}

  ~event_stream() override {
    --counters_->streams_open;
    if (asked_ != 0) shop_.forget(asked_);
  }

  void next(taker then) override {
    events_request it = what_;
    it.answer = [mine = weak_from_this(), then = std::move(then)](const std::variant<event_page, refusal>& outcome) {
      if (const auto self = mine.lock()) self->take(outcome, then);
    };
    asked_ = shop_.read_all(std::move(it));
  }

private:
  /// On a thread of the node, while nobody else uses this: the connection asks again only after `then`.
  void take(const std::variant<event_page, refusal>& outcome, const taker& then) {
    const auto* page = std::get_if<event_page>(&outcome);
    if (!page) return then(std::nullopt);
    what_.after = page->events.empty() ? std::max(what_.after, page->next) : page->next;
    then(piece_of(*page));
  }

  /// Without events: where a filter has come to, so that a reconnect begins there; else that the stream lives.
  std::string piece_of(const event_page& page) const {
    std::string piece;
    for (const auto& each : page.events) piece += to_server_sent(each);
    if (!piece.empty()) return piece;
    return what_.aggregate.empty() ? ": nothing new\n\n" : "id: " + std::to_string(what_.after) + "\n\n";
  }

  node& shop_;
  events_request what_;
  std::shared_ptr<server_counters> counters_;
  std::uint64_t asked_ = 0;
};

} // namespace

std::shared_ptr<body_stream> open_event_stream(node& shop, events_request what, std::size_t streams_max,
                                               std::shared_ptr<server_counters> counters) {
  if (counters->streams_open.fetch_add(1) >= streams_max) {
    --counters->streams_open;
    return nullptr;
  }
  return std::make_shared<event_stream>(shop, std::move(what), std::move(counters));
}

std::string to_server_sent(const recorded_event& it) {
  std::string data = event_json(it, true);
  // A line break ends the field; in JSON text it can only be white space.
  std::replace_if(
      data.begin(), data.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "id: " + std::to_string(it.global_position) + "\nevent: " + it.type + "\ndata: " + data + "\n\n";
}

} // namespace stele::http
