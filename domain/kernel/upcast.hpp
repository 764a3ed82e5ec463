// How events stored long ago are read as the events of today.
#pragma once

#include <cstdint>

namespace stele {

/// Names a stored version of an event. An event that changed its shape declares its new number and how the body of each
/// older version becomes the next:
///
///     struct paid { static constexpr std::uint32_t type_version = 2; … };
///     inline void upcast(stele::was<paid, 1>, boost::json::object& body) { body["currency"] = "EUR"; }
///
/// To rename a member, copy its value first: a member that is added may move the others.
///
/// A new field with a default needs neither: an absent field keeps its default, an unknown one is skipped.
template <class Event, std::uint32_t Version>
struct was {};

/// The version under which an event is stored: 1 unless it declares `type_version`.
template <class Event>
constexpr std::uint32_t type_version_of() {
  if constexpr (requires { Event::type_version; })
    return Event::type_version;
  else
    return 1;
}

} // namespace stele
