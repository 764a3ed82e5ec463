// A small domain with a past: an event that changed twice, and rules that misbehave on demand.
#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/query.hpp"
#include "domain/kernel/upcast.hpp"
#include "domain/kernel/view.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <limits>
#include <stdexcept>
#include <string>

namespace letter {

struct send_letter {
  std::string recipient;
};
using command = std::variant<send_letter>;

struct letter_sent {
  static constexpr std::uint32_t type_version = 3;
  std::string recipient;
  double grams = 0;
  stele::money fee;
};
struct letter_burnt {};
using event = std::variant<letter_sent, letter_burnt>;

inline void upcast(stele::was<letter_sent, 1>, boost::json::object& body) {
  const boost::json::value to = body.at("to"); // A copy: the new member may move the others.
  body["recipient"] = to;
  body.erase("to");
}

inline void upcast(stele::was<letter_sent, 2>, boost::json::object& body) { body["fee"] = 1.1; }

struct state {
  std::string recipient;
  double grams = 0;
  stele::money fee;
};

inline stele::decision<event> decide(const state&, const send_letter& c) {
  if (c.recipient == "nobody") throw std::runtime_error{"there is nobody"};
  if (c.recipient == "infinity") return letter_sent{"x", std::numeric_limits<double>::infinity(), {}};
  if (c.recipient == "latin1") return letter_sent{"\xE9t\xE9", 0, {}};
  return letter_sent{c.recipient, 20, stele::cents(110)};
}

inline state evolve(state, const letter_sent& e) {
  if (e.recipient == "the void") throw std::runtime_error{"nothing comes back"};
  return {e.recipient, e.grams, e.fee};
}
inline state evolve(state s, const letter_burnt&) { return s; }

struct row {
  std::string id, recipient;
};

inline row project(row r, const letter_sent& e) {
  if (e.recipient == "another key") r.id = "8";
  r.recipient = e.recipient;
  return r;
}

struct letters_to {
  static constexpr std::int64_t acceptable_lag_ms = 100;
  std::string recipient;
};

BOOST_DESCRIBE_STRUCT(send_letter, (), (recipient))
BOOST_DESCRIBE_STRUCT(letter_sent, (), (recipient, grams, fee))
BOOST_DESCRIBE_STRUCT(letter_burnt, (), ())
BOOST_DESCRIBE_STRUCT(state, (), (recipient, grams, fee))
BOOST_DESCRIBE_STRUCT(row, (), (id, recipient))
BOOST_DESCRIBE_STRUCT(letters_to, (), (recipient))

using aggregate = stele::aggregate<"letter", state, command, event>;
struct next_version : aggregate {
  static constexpr std::uint32_t version = 2;
};
using view = stele::view<"letter_views", row, aggregate>;

inline stele::selection<view> select(const letters_to& q) {
  return stele::selection<view>{}.where(&row::recipient, stele::equal, q.recipient);
}

} // namespace letter
