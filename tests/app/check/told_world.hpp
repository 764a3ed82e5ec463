// A small store and what its clients were told, line by line, for a test to change one thing of.
#pragma once

#include "actors/token.hpp"
#include "app/check/check.hpp"
#include "app/check/history_reader.hpp"

#include <boost/json/object.hpp>

#include <map>

namespace stele::check {

namespace json = boost::json;

/// When something was asked for and answered.
struct during {
  std::int64_t invoked = 0, completed = 0;
};

/// Every line and every event has the name of what it is about: `line("ship")`, `event("ship")`.
class told_world {
public:
  static constexpr std::uint32_t shards = 4;

  /// A command that took effect and was acknowledged: an event and a line.
  void done(const std::string& name, int client, const std::string& stream, const std::string& command,
            const std::string& body, during when);
  /// A command that was answered otherwise; no event.
  void refused(const std::string& name, int client, const std::string& stream, const std::string& command,
               const std::string& body, during when, const std::string& outcome, const std::string& code);
  /// A command again, by its key: acknowledged as before.
  void again(const std::string& name, const std::string& first, int client, during when);
  /// An event without a line: of somebody else, or whose acknowledgement got lost.
  void event_only(const std::string& name, const std::string& stream, const std::string& command,
                  const std::string& body);

  /// `row`: JSON of a row, or nothing. Answered with the token of the stream's last event.
  void look_up(const std::string& name, int client, const std::string& stream, const std::string& row, during when);
  /// `rows`: JSON of rows. Answered with the token of everything so far.
  void list(const std::string& name, int client, const std::string& customer, const std::string& rows, during when);

  json::object& line(const std::string& name) { return lines_.at(line_at(name)); }
  recorded_event& event(const std::string& name) { return log_.at(event_at_.at(name)); }
  const json::object& line(const std::string& name) const { return lines_.at(line_at(name)); }
  std::vector<recorded_event>& log() { return log_; }
  void drop_line(const std::string& name) { line(name).clear(); }
  void drop_event(const std::string& name) {
    log_.erase(log_.begin() + static_cast<std::ptrdiff_t>(event_at_.at(name)));
  }
  void move(const std::string& name, during when);

  /// A snapshot of a stream, as a node writes its state.
  void keep(const std::string& stream, stream_version version, const std::string& state);

  /// Of everything up to an event, in its shard; with `history` of another one.
  std::string token(const std::string& name, std::int64_t more = 0) const;
  std::string token_of(const std::vector<std::pair<shard_number, shard_position>>& positions) const;
  std::string foreign_token() const;
  std::string everything() const;

  std::string text() const; ///< The history, a line each.
  verdicts checked(const std::string& history, bool only = false) const;
  verdicts checked(bool only = false) const { return checked(text(), only); }

private:
  std::size_t line_at(const std::string& name) const;
  json::object& add_line(const std::string& name, int client, const std::string& kind, during when);
  json::object& add_command(const std::string& name, int client, const std::string& stream, const std::string& command,
                            const std::string& body, during when);

  const uuid history_ = hash_to_uuid("this store");
  std::vector<json::object> lines_;
  std::vector<std::string> names_;
  std::vector<recorded_event> log_;
  kept_states snapshots_;
  std::map<std::string, std::size_t> event_at_;
  std::map<shard_number, shard_position> heads_;
  std::map<std::string, stream_version> versions_;
};

/// The promise that was found broken first, and the sentence; `clean` when none was.
std::string first_promise(const verdicts& what);
std::string first_sentence(const verdicts& what);

} // namespace stele::check
