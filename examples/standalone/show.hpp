// A show has so many seats; each is booked once.
#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/query.hpp"
#include "domain/kernel/view.hpp"

namespace show {

// clang-format off
// Commands: what may be asked.
struct open_show { std::int64_t seats = 0; };
struct book_seat { std::string guest; };
using command = std::variant<open_show, book_seat>;

// Events: what became true.
struct show_opened { std::int64_t seats = 0; };
struct seat_booked { std::string guest; };
using event = std::variant<show_opened, seat_booked>;

// State: what the rules need to know.
struct state { bool open = false; std::int64_t free = 0; };
// clang-format on

using decision = stele::decision<event>;

inline decision decide(const state& s, const open_show& c) {
  if (c.seats < 1) return stele::invalid("no_seats", "A show needs at least one seat.", "/seats");
  if (s.open) return stele::reject("already_open", "The show has been opened.");
  return show_opened{c.seats};
}

inline decision decide(const state& s, const book_seat& c) {
  if (!s.open) return stele::not_found("unknown_show", "There is no such show.");
  if (s.free == 0) return stele::reject("sold_out", "Every seat is taken.");
  return seat_booked{c.guest};
}

inline state evolve(state, const show_opened& e) { return {true, e.seats}; }
inline state evolve(state s, const seat_booked&) { return {true, s.free - 1}; }

/// What people read of a show in a list.
struct row {
  std::string show_id;
  std::int64_t seats = 0;
  std::int64_t booked = 0;
};

inline row project(row r, const show_opened& e) { return {r.show_id, e.seats, 0}; }
inline row project(row r, const seat_booked&) { return {r.show_id, r.seats, r.booked + 1}; }

BOOST_DESCRIBE_STRUCT(open_show, (), (seats))
BOOST_DESCRIBE_STRUCT(book_seat, (), (guest))
BOOST_DESCRIBE_STRUCT(show_opened, (), (seats))
BOOST_DESCRIBE_STRUCT(seat_booked, (), (guest))
BOOST_DESCRIBE_STRUCT(state, (), (open, free))
BOOST_DESCRIBE_STRUCT(row, (), (show_id, seats, booked))

using aggregate = stele::aggregate<"show", state, command, event>;
struct view : stele::view<"shows", row, aggregate> {};

} // namespace show
