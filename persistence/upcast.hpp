// Stored bodies of old versions on their way to the newest: JSON in, JSON out.
#pragma once

#include "persistence/json_document.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace stele {

/// Makes the body of version `from` that of version `from` + 1.
using upcast_step = void (*)(boost::json::object& body, std::uint32_t from);

/// The body of version `to` made from one of version `from`. Throws what a step throws; `std::invalid_argument` when
/// the body is no object.
std::string upcast_body(const json_node& body, std::uint32_t from, std::uint32_t to, upcast_step step);

} // namespace stele
