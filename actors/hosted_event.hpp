// Stored events of one type, on their way to the author's `evolve` or `project`.
#pragma once

#include "domain/kernel/upcast.hpp"
#include "persistence/codec_values.hpp"
#include "persistence/recorded_event.hpp"
#include "persistence/store_error.hpp"
#include "persistence/upcast.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace stele {

/// How an event is stored today, and how older versions become it.
struct event_form {
  std::string_view name;
  std::uint32_t type_version = 1;
  upcast_step step = nullptr; ///< Null for an event that never changed.
};

/// Reads the body of `event`, upcast when it is old, and hands it to `take`, which says whether it could read it.
/// Fails with `corrupt` and names the event.
stored<done> read_event(const recorded_event& event, const event_form& form,
                        const std::function<bool(const json_node&, json_reading&)>& take);

/// The fault of an event that can't be read.
store_error corrupt_event(const recorded_event& event, std::string_view why);

namespace detail {

template <class Event, std::uint32_t From>
void upcast_one(boost::json::object& body, std::uint32_t from) {
  constexpr bool known = requires { upcast(was<Event, From>{}, body); };
  static_assert(known, "an event with a type_version lacks the step from an older one: "
                       "void upcast(stele::was<<event>, n>, boost::json::object&)");
  if constexpr (known)
    if (from == From) upcast(was<Event, From>{}, body);
}

template <class Event, std::uint32_t... Before>
constexpr upcast_step step_of(std::integer_sequence<std::uint32_t, Before...>) {
  if constexpr (sizeof...(Before) == 0)
    return nullptr;
  else
    return [](boost::json::object& body, std::uint32_t from) { (upcast_one<Event, Before + 1>(body, from), ...); };
}

template <class Event>
constexpr event_form form_of() {
  constexpr std::uint32_t version = type_version_of<Event>();
  static_assert(version >= 1, "the type_version of an event counts from 1");
  return {type_name<Event>(), version, step_of<Event>(std::make_integer_sequence<std::uint32_t, version - 1>{})};
}

} // namespace detail

} // namespace stele
