#include "actors/time_travel.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace stele {

namespace {

/// One answer of the store.
struct stream_page {
  std::shared_ptr<const stored<std::vector<recorded_event>>> events;
};

/// A question about the past.
struct past_question {
  std::string stream_id;
  moment wanted;
  state_reply reply;
};
using past_question_ptr = std::shared_ptr<past_question>;

} // namespace

} // namespace stele

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::stream_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::past_question_ptr)

namespace stele {

namespace {

refusal no_such_stream(const std::string& stream_id) {
  return {refusal_kind::not_found, "not_found", "Nothing is stored under `" + stream_id + "`.", {}};
}

refusal unreadable(const store_error& error) {
  if (error.fault == store_fault::corrupt) return {refusal_kind::internal, "corrupt", error.what, {}};
  return {refusal_kind::unavailable, "unavailable", error.what, {}};
}

/// Folds one stream page by page, answers, and is gone.
class stream_folder final : public caf::event_based_actor {
public:
  stream_folder(caf::actor_config& config, event_store& events, const aggregate_type& type, std::string stream_id,
                moment wanted, std::size_t page_events, state_reply reply)
      : caf::event_based_actor(config), events_(events), type_(type), stream_id_(std::move(stream_id)), wanted_(wanted),
        page_events_(page_events), reply_(std::move(reply)), state_(type.initial()) {}

  const char* name() const override { return "stream_folder"; }
  void on_exit() override { reply_ = nullptr; }

protected:
  caf::behavior make_behavior() override {
    read_page();
    return {[this](const stream_page& page) { take(*page.events); }};
  }

private:
  void read_page() {
    events_.read_stream(stream_id_, reached_.version, page_events_,
                        [self = caf::actor_cast<caf::actor>(this)](stored<std::vector<recorded_event>> events) {
                          caf::anon_send(self, stream_page{std::make_shared<decltype(events)>(std::move(events))});
                        });
  }

  void take(const stored<std::vector<recorded_event>>& page) {
    if (!page) return answer(unreadable(page.error()));
    for (const recorded_event& event : *page) {
      if (is_past(event)) return finish();
      if (auto problem = fold(event)) return answer(std::move(*problem));
    }
    if (page->size() < page_events_ || is_there()) return finish();
    read_page();
  }

  bool is_there() const { return wanted_.version && reached_.version == *wanted_.version; }

  bool is_past(const recorded_event& event) const {
    return wanted_.version ? event.version > *wanted_.version : event.recorded_at > *wanted_.at;
  }

  /// Nothing when folded.
  std::optional<refusal> fold(const recorded_event& event) {
    try {
      if (auto folded = type_.evolve(*state_, event); !folded) return unreadable(folded.error());
    } catch (const std::exception& problem) {
      return refusal{refusal_kind::internal,
                     "internal",
                     "Folding version " + std::to_string(event.version) + " of `" + stream_id_ +
                         "` failed: " + problem.what(),
                     {}};
    }
    reached_.version = event.version;
    reached_.at = event.recorded_at;
    return std::nullopt;
  }

  void finish() {
    if (wanted_.version && reached_.version < *wanted_.version) {
      if (reached_.version == 0) return answer(no_such_stream(stream_id_));
      return answer(refusal{refusal_kind::not_found,
                            "not_found",
                            "`" + stream_id_ + "` has no version " + std::to_string(*wanted_.version) +
                                "; its last is " + std::to_string(reached_.version) + ".",
                            {}});
    }
    if (reached_.version == 0)
      return answer(refusal{refusal_kind::not_found, "not_found", "`" + stream_id_ + "` has no event that early.", {}});
    reached_.state = type_.encode(*state_);
    answer(std::move(reached_));
  }

  void answer(std::variant<state_at, refusal> outcome) {
    reply_(std::move(outcome));
    quit();
  }

  event_store& events_;
  const aggregate_type& type_;
  const std::string stream_id_;
  const moment wanted_;
  const std::size_t page_events_;
  state_reply reply_;
  std::unique_ptr<any_state> state_;
  state_at reached_;
};

/// Takes questions and lets a folder of its own answer each.
class past_reader final : public caf::event_based_actor {
public:
  past_reader(caf::actor_config& config, past_parts parts) : caf::event_based_actor(config), parts_(std::move(parts)) {}

  const char* name() const override { return "past_reader"; }
  void on_exit() override { parts_.here.reset(); }

protected:
  caf::behavior make_behavior() override {
    return {[this](const past_question_ptr& it) { take(*it); }};
  }

private:
  void take(past_question& it) {
    const aggregate_type* type = parts_.hosted.aggregate(aggregate_of(it.stream_id));
    if (!type) return it.reply(no_such_stream(it.stream_id));
    if (it.wanted.version && *it.wanted.version == 0)
      return it.reply(refusal{refusal_kind::invalid, "bad_version", "Versions count from 1.", {}});
    home_system().spawn<stream_folder>(std::ref(parts_.events), std::cref(*type), std::move(it.stream_id), it.wanted,
                                       parts_.page_events, std::move(it.reply));
  }

  past_parts parts_;
};

} // namespace

caf::actor spawn_past_reader(caf::actor_system& system, past_parts parts) {
  return system.spawn<past_reader>(std::move(parts));
}

void ask_state(const caf::actor& past_reader, std::string stream_id, moment wanted, state_reply reply) {
  caf::anon_send(past_reader,
                 std::make_shared<past_question>(past_question{std::move(stream_id), wanted, std::move(reply)}));
}

void read_history(event_store& events, std::string stream_id, stream_version after, std::size_t limit,
                  history_reply reply) {
  auto answer = [reply, stream_id, after, &events](stored<std::vector<recorded_event>> found) {
    if (!found) return reply(unreadable(found.error()));
    if (!found->empty()) return reply(std::move(*found));
    if (after == 0) return reply(no_such_stream(stream_id));
    events.read_stream(stream_id, 0, 1, [reply, stream_id](stored<std::vector<recorded_event>> first) {
      if (!first) return reply(unreadable(first.error()));
      if (first->empty()) return reply(no_such_stream(stream_id));
      reply(std::vector<recorded_event>{});
    });
  };
  events.read_stream(std::move(stream_id), after, limit, std::move(answer));
}

} // namespace stele
