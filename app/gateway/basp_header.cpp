#include "app/gateway/basp_header.hpp"

namespace stele::gateway {

std::uint64_t read_number(const char* from, int count) {
  std::uint64_t number = 0;
  while (count-- > 0) number = number << 8 | static_cast<std::uint8_t>(*from++);
  return number;
}

void append_number(std::vector<char>& to, std::uint64_t number, int count) {
  while (count-- > 0) to.push_back(static_cast<char>(number >> (8 * count)));
}

basp_header read_header(const char* from) {
  basp_header it;
  it.operation = static_cast<std::uint8_t>(from[0]);
  it.padding_a = static_cast<std::uint8_t>(from[1]);
  it.padding_b = static_cast<std::uint8_t>(from[2]);
  it.flags = static_cast<std::uint8_t>(from[3]);
  it.payload_bytes = static_cast<std::uint32_t>(read_number(from + 4, 4));
  it.data = read_number(from + 8, 8);
  it.source = read_number(from + 16, 8);
  it.destination = read_number(from + 24, 8);
  return it;
}

void append_header(std::vector<char>& to, const basp_header& it) {
  append_number(to, it.operation, 1);
  append_number(to, 0, 2);
  append_number(to, it.flags, 1);
  append_number(to, it.payload_bytes, 4);
  append_number(to, it.data, 8);
  append_number(to, it.source, 8);
  append_number(to, it.destination, 8);
}

} // namespace stele::gateway
