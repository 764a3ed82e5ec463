#include "tests/app/gateway/basp_bytes.hpp"

namespace stele::test {

std::string number(std::uint64_t it, int bytes) {
  std::vector<char> out;
  gateway::append_number(out, it, bytes);
  return {out.begin(), out.end()};
}

std::string varbyte(std::uint64_t it) {
  std::string out;
  for (; it >= 0x80; it >>= 7) out.push_back(static_cast<char>(0x80 | (it & 0x7F)));
  out.push_back(static_cast<char>(it));
  return out;
}

std::string atom(std::string_view text) {
  constexpr std::string_view letters = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  std::uint64_t it = 0xF;
  for (char letter : text) it = it << 6 | letters.find(letter);
  return number(it, 8);
}

std::string node(std::uint32_t process) { return atom("default") + number(process, 4) + std::string(20, 'h'); }

std::string header(basp_operation operation, std::uint64_t payload_bytes, std::uint64_t data, std::uint64_t source,
                   std::uint64_t destination, std::uint8_t flags) {
  return number(static_cast<std::uint8_t>(operation), 1) + number(0, 2) + number(flags, 1) + number(payload_bytes, 4) +
         number(data, 8) + number(source, 8) + number(destination, 8);
}

std::string with_payload(basp_operation operation, const std::string& payload, std::uint64_t data, std::uint64_t source,
                         std::uint64_t destination, std::uint8_t flags) {
  return header(operation, payload.size(), data, source, destination, flags) + payload;
}

std::string message(std::string_view types, const std::string& values) {
  const auto line = "@<>" + std::string{types};
  return number(0, 3) + varbyte(line.size()) + line + values;
}

std::string frame_message(const std::string& bytes) { return message("+stele::frame", varbyte(bytes.size()) + bytes); }

std::string error_value(std::uint8_t code) { return number(code, 1) + atom("system"); }

std::string client_hello(const std::string& node_id, std::uint8_t flags) {
  return with_payload(basp_operation::client_handshake, node_id, 0, 0, 0, flags);
}

std::string server_hello(const std::string& node_id, std::uint64_t actor) {
  const std::string application = "generic-caf-app";
  const auto names = varbyte(1) + varbyte(application.size()) + application;
  return with_payload(basp_operation::server_handshake, node_id + names + number(actor, 8) + varbyte(0), 3);
}

std::string request(const std::string& payload, std::uint64_t request_number, std::uint64_t destination,
                    std::uint64_t source) {
  return with_payload(basp_operation::direct_message, payload, request_bit | request_number, source, destination);
}

} // namespace stele::test
