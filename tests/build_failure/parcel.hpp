// The parts of a small domain; a program here leaves one out, or spoils it, by defining a word before it includes this.
#pragma once

#include "actors/hosted.hpp"

#include <string>

namespace parcel {

struct send {
  std::string to;
};
struct sent {
  std::string to;
};
using command = std::variant<send>;
using event = std::variant<sent>;
struct state {
  std::string to;
};

struct row {
#ifdef KEY_IS_NO_STRING
  std::int64_t id = 0;
#else
  std::string id;
#endif
  std::string to;
};

#if defined(DECIDE_ANSWERS_A_NUMBER)
inline int decide(const state&, const send&) { return 1; }
#elif !defined(NO_DECIDE)
inline stele::decision<event> decide(const state&, const send& c) { return sent{c.to}; }
#endif

#if defined(EVOLVE_ANSWERS_NOTHING)
inline void evolve(state, const sent&) {}
#elif !defined(NO_EVOLVE)
inline state evolve(state, const sent& e) { return {e.to}; }
#endif

#if defined(PROJECT_ANSWERS_NOTHING)
inline void project(row, const sent&) {}
#elif !defined(NO_PROJECT)
inline row project(row r, const sent& e) { return r.to = e.to, r; }
#endif

#ifndef COMMAND_NOT_DESCRIBED
BOOST_DESCRIBE_STRUCT(send, (), (to))
#endif
#ifndef EVENT_NOT_DESCRIBED
BOOST_DESCRIBE_STRUCT(sent, (), (to))
#endif
#ifndef STATE_NOT_DESCRIBED
BOOST_DESCRIBE_STRUCT(state, (), (to))
#endif
#ifndef ROW_NOT_DESCRIBED
BOOST_DESCRIBE_STRUCT(row, (), (id, to))
#endif

#ifndef NAME
#define NAME "parcel"
#endif
using aggregate = stele::aggregate<NAME, state, command, event>;

struct view : stele::view<"parcel_views", row, aggregate> {
#ifdef KEY_IS_NOT_THE_STREAM
  static constexpr auto key = &row::to;
#endif
#ifdef KEY_OF_IN_A_PLAIN_VIEW
  static std::string key_of(const sent& e) { return e.to; }
#endif
};

struct keyed_view : stele::keyed_view<"parcels_by_recipient", row, aggregate> {
#if defined(KEY_IS_A_NUMBER)
  static int key_of(const sent&) { return 1; }
#elif !defined(NO_KEY)
  static std::string key_of(const sent& e) { return e.to; }
#endif
};

struct parcels_to {
  std::string to;
};
BOOST_DESCRIBE_STRUCT(parcels_to, (), (to))
#ifndef NO_SELECT
inline stele::selection<view> select(const parcels_to& q) {
#ifdef COMPARED_WITH_ANOTHER_TYPE
  return stele::selection<view>{}.where(&row::to, stele::equal, std::vector<int>{});
#else
  return stele::selection<view>{}.where(&row::to, stele::equal, q.to);
#endif
}
#endif

} // namespace parcel
