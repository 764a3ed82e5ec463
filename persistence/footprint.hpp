// How much memory a described value holds, roughly.
#pragma once

#include "persistence/codec_values.hpp"

#include <cstddef>

namespace stele {

/// Bytes on the heap behind `value`. Of a long list only the first elements are looked at, so that asking stays cheap.
template <class T>
std::size_t heap_bytes(const T& value) {
  if constexpr (std::same_as<T, std::string>)
    return value.capacity() > 15 ? value.capacity() + 1 : 0;
  else if constexpr (json_object_like<T>)
    return heap_bytes(value.json());
  else if constexpr (detail::is_optional<T>)
    return value ? heap_bytes(*value) : 0;
  else if constexpr (detail::is_vector<T>) {
    constexpr std::size_t sampled_max = 4;
    std::size_t sampled = 0, bytes = 0;
    while (sampled < value.size() && sampled < sampled_max) bytes += heap_bytes(value[sampled++]);
    return value.capacity() * sizeof(value[0]) + (sampled > 0 ? bytes * value.size() / sampled : 0);
  } else if constexpr (detail::is_map<T>) {
    constexpr std::size_t tree_node = 48; // Links, colour and the allocator's own.
    return value.empty() ? 0
                         : value.size() * (tree_node + sizeof(*value.begin()) + heap_bytes(value.begin()->first) +
                                           heap_bytes(value.begin()->second));
  } else if constexpr (described_struct<T>) {
    std::size_t bytes = 0;
    boost::mp11::mp_for_each<detail::members_of<T>>([&](auto member) { bytes += heap_bytes(value.*member.pointer); });
    return bytes;
  } else
    return 0;
}

} // namespace stele
