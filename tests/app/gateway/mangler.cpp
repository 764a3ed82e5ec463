#include "tests/app/gateway/mangler.hpp"

#include "tests/app/gateway/basp_bytes.hpp"

#include <algorithm>
#include <utility>

namespace stele::test {

namespace {

constexpr std::size_t header_size = 32;
constexpr std::size_t length_at = 4;

} // namespace

std::vector<std::string> mangler::mangle(const std::vector<std::string>& frames) {
  std::string all;
  for (const auto& frame : frames) {
    if (one_in(20)) continue;
    const auto changed = one_in(2) ? change(frame) : frame;
    all += changed;
    if (one_in(20)) all += changed;
    if (one_in(40)) all += frames[below(frames.size())];
  }
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < all.size(); at += pieces.back().size())
    pieces.push_back(all.substr(at, one_in(3) ? 1 + below(40) : 1 + below(4000)));
  return pieces;
}

std::string mangler::change(std::string frame) {
  switch (below(4)) {
  case 0:
    flip(frame, 0);
    return frame;
  case 1:
    flip(frame, std::min(header_size, frame.size() - 1));
    return frame;
  case 2:
    return with_other_payload(std::move(frame));
  default:
    return frame.substr(0, below(frame.size() + 1)); // What follows is read as the rest of it.
  }
}

/// Shorter or longer, and the header says so.
std::string mangler::with_other_payload(std::string frame) {
  if (frame.size() > header_size && one_in(2))
    frame.resize(header_size + below(frame.size() - header_size));
  else
    frame.insert(std::min(frame.size(), header_size) + below(frame.size() - std::min(frame.size(), header_size) + 1),
                 noise(300));
  if (frame.size() >= header_size) frame.replace(length_at, 4, number(frame.size() - header_size, 4));
  return frame;
}

void mangler::flip(std::string& bytes, std::size_t from) {
  for (std::size_t times = 1 + below(4); times > 0 && from < bytes.size(); --times) {
    char& byte = bytes[from + below(bytes.size() - from)];
    byte = static_cast<char>(byte ^ (1 << below(8)));
  }
}

std::string mangler::noise(std::size_t size_max) {
  std::string it(below(size_max), '\0');
  std::generate(it.begin(), it.end(), [this] { return static_cast<char>(below(256)); });
  return it;
}

void send_mangled(raw_peer& peer, std::vector<std::string> frames, mangler& dice) {
  if (dice.one_in(2))
    peer.send(client_hello(peer.self()));
  else
    frames.insert(frames.begin(), client_hello(peer.self()));
  for (const auto& piece : dice.mangle(frames))
    if (!peer.send(piece)) break;
  if (dice.one_in(2)) peer.vanish();
}

} // namespace stele::test
