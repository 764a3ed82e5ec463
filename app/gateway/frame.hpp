// The only message that crosses a CAF connection: bytes. What they mean is in `protocol.hpp`.
#pragma once

#include <caf/fwd.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <vector>

namespace stele {

/// A request or a response, encoded. The filter of the gateway lets nothing else through.
struct frame {
  std::vector<std::uint8_t> bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, frame& it) {
  return f(it.bytes);
}

} // namespace stele

// Far above `first_custom_type_id`, where the block of a program that uses the client library begins.
CAF_BEGIN_TYPE_ID_BLOCK(stele_wire, 28000)
CAF_ADD_TYPE_ID(stele_wire, (stele::frame))
CAF_END_TYPE_ID_BLOCK(stele_wire)
