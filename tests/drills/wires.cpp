#include "tests/drills/wires.hpp"

#include "tests/drills/socket_owner.hpp"
#include "tests/kit/server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <stdexcept>

namespace drill {

namespace {

constexpr std::size_t piece = 1 << 16;
constexpr int waiting_max = 64;
constexpr int tick_ms = 10; ///< Of connections that are narrow.
constexpr int answer_ms_max = 10'000;

using clock = std::chrono::steady_clock;

sockaddr_in loopback(int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  return at;
}

int port_of(const sockaddr_in& at) { return ntohs(at.sin_port); }

/// One way of a connection: what was read and is not written yet.
struct way {
  int from = -1, to = -1;
  std::string held;
  std::size_t most = piece;      ///< To be read at once.
  clock::time_point rests_until; ///< Of one that is narrow.
  std::string wanted;            ///< A piece with this in it is not passed on; empty: each is.
  bool caught = false;

  bool wants_to_read() const { return held.empty(); }

  /// False: an end is gone.
  bool read() {
    held.resize(most);
    const auto got = ::recv(from, held.data(), held.size(), MSG_DONTWAIT);
    held.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (most != piece) rests_until = clock::now() + std::chrono::milliseconds(tick_ms);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    caught = !wanted.empty() && held.find(wanted) != std::string::npos;
    return caught || write();
  }

  bool write() {
    const auto sent = ::send(to, held.data(), held.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) held.erase(0, static_cast<std::size_t>(sent));
    return sent >= 0 || errno == EAGAIN;
  }
};

} // namespace

struct wires::line {
  ~line() {
    for (const int it : {asks.from, answers.from})
      if (it >= 0) ::close(it);
  }

  /// Whoever closes a connection so, sends a reset.
  void reset() {
    const linger at_once{1, 0};
    for (const int it : {asks.from, answers.from}) ::setsockopt(it, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    is_reset = true;
  }

  std::string of;
  pid_t caller = 0;
  bool is_reset = false;
  way asks, answers;
};

wires::wires() {
  if (::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("there is no pipe");
  thread_ = std::thread([this] { run(); });
}

wires::~wires() {
  closed_ = true;
  look_again();
  thread_.join();
  for (const auto& it : doors_) ::close(it.listener);
  for (const int it : wake_) ::close(it);
  if (held_to_ >= 0) ::close(held_to_);
}

void wires::look_again() { (void)!::write(wake_[1], "", 1); }

// The port is named to bind, so that it stays this door's while nobody listens on it.
int wires::door(const std::string& of, int to_port) {
  const int port = stele::kit::free_port(), yes = 1;
  // A door may be closed and opened again between poll and accept: then there is nobody to wait for.
  door_place it{of, port, to_port, ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_in at = loopback(port);
  if (::setsockopt(it.listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(it.listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(it.listener, waiting_max) != 0)
    throw std::runtime_error("no port could be opened before " + of);
  const std::lock_guard lock(mutex_);
  doors_.push_back(it);
  look_again();
  return port;
}

void wires::process(const std::string& name, pid_t it) {
  const std::lock_guard lock(mutex_);
  names_[it] = name;
  for (auto& door : doors_)
    if (door.of == name && !door.open) door.open = ::listen(door.listener, waiting_max) == 0;
  look_again();
}

void wires::absent(const std::string& name) {
  const std::lock_guard lock(mutex_);
  for (auto& door : doors_)
    if (door.of == name && std::exchange(door.open, false)) ::shutdown(door.listener, SHUT_RDWR);
  look_again();
}

void wires::cut(const std::string& one, const std::string& other) {
  const std::lock_guard lock(mutex_);
  cuts_.insert({{one, other}, {other, one}});
  look_again();
}

void wires::cut_one_way(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  cuts_.insert({from, to});
  look_again();
}

void wires::refuse(const std::string& one, const std::string& other) {
  const std::lock_guard lock(mutex_);
  refused_.insert({{one, other}, {other, one}});
  reset_lines(one, other);
}

void wires::reset(const std::string& one, const std::string& other) {
  const std::lock_guard lock(mutex_);
  reset_lines(one, other);
}

void wires::narrow(const std::string& one, const std::string& other, std::size_t bytes_a_second) {
  const std::lock_guard lock(mutex_);
  narrow_[{one, other}] = narrow_[{other, one}] = bytes_a_second;
  look_again();
}

void wires::heal(const std::string& one, const std::string& other) {
  const std::lock_guard lock(mutex_);
  for (const pair& it : {pair(one, other), pair(other, one)}) {
    cuts_.erase(it);
    refused_.erase(it);
    narrow_.erase(it);
  }
  look_again();
}

void wires::hold_back(const std::string& from, const std::string& to, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  held_way_ = {from, to};
  wanted_ = bytes;
  look_again();
}

bool wires::holds() const {
  const std::lock_guard lock(mutex_);
  return held_to_ >= 0;
}

// It stays open until the answer is there: a reset could overtake what was sent.
std::string wires::let_arrive() {
  int to = -1;
  std::string bytes, answer;
  {
    const std::lock_guard lock(mutex_);
    to = std::exchange(held_to_, -1);
    bytes = std::move(held_);
  }
  if (to < 0) return "nothing was held back";
  pollfd it{to, POLLIN, 0};
  if (::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()) &&
      ::poll(&it, 1, answer_ms_max) == 1) {
    answer.resize(piece);
    const auto got = ::recv(to, answer.data(), answer.size(), 0);
    answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  ::close(to);
  return answer;
}

/// What was caught keeps its way to the other end; its sender is reset.
void wires::keep_caught() {
  for (const auto& it : lines_) {
    if (!std::exchange(it->asks.caught, false) || held_to_ >= 0) continue;
    wanted_.clear();
    held_ = std::move(it->asks.held);
    held_to_ = std::exchange(it->answers.from, -1);
    it->reset();
  }
}

void wires::reset_lines(const std::string& one, const std::string& other) {
  for (const auto& it : lines_)
    if (const auto caller = caller_of(*it); (caller == one && it->of == other) || (caller == other && it->of == one))
      it->reset();
  look_again();
}

std::string wires::caller_of(const line& it) const {
  const auto caller = names_.find(it.caller);
  return caller == names_.end() ? std::string() : caller->second;
}

void wires::run() {
  while (!closed_) {
    std::vector<pollfd> places{{wake_[0], POLLIN, 0}};
    std::vector<way*> ways{nullptr};
    std::vector<door_place> doors;
    int wait_ms = -1;
    {
      const std::lock_guard lock(mutex_);
      std::copy_if(doors_.begin(), doors_.end(), std::back_inserter(doors),
                   [](const door_place& it) { return it.open; });
      std::erase_if(lines_, [](const auto& it) { return it->is_reset; });
      for (const auto& it : lines_) {
        const auto caller = caller_of(*it);
        for (way* one : {&it->asks, &it->answers}) {
          const pair between = one == &it->asks ? pair(caller, it->of) : pair(it->of, caller);
          if (cuts_.count(between) != 0) continue;
          const auto rate = narrow_.find(between);
          one->most = rate == narrow_.end() ? piece : std::max<std::size_t>(1, rate->second * tick_ms / 1000);
          one->wanted = between == held_way_ ? wanted_ : std::string();
          if (rate != narrow_.end()) wait_ms = tick_ms;
          if (rate != narrow_.end() && clock::now() < one->rests_until) continue;
          places.push_back({one->wants_to_read() ? one->from : one->to,
                            static_cast<short>(one->wants_to_read() ? POLLIN : POLLOUT), 0});
          ways.push_back(one);
        }
      }
    }
    for (const auto& it : doors) places.push_back({it.listener, POLLIN, 0});
    if (::poll(places.data(), places.size(), wait_ms) <= 0) continue;
    char bytes[64];
    while (::read(wake_[0], bytes, sizeof bytes) > 0) {}
    std::set<const way*> gone;
    for (std::size_t i = 1; i < ways.size(); ++i)
      if (places[i].revents != 0 && !(ways[i]->wants_to_read() ? ways[i]->read() : ways[i]->write()))
        gone.insert(ways[i]);
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(lines_, [&](const auto& it) { return gone.count(&it->asks) + gone.count(&it->answers) != 0; });
      keep_caught();
    }
    for (std::size_t i = 0; i < doors.size(); ++i)
      if (places[ways.size() + i].revents != 0) accept_at(doors[i]);
  }
  lines_.clear();
}

/// A caller who is refused by the one behind the door finds its connection closed.
void wires::accept_at(const door_place& at) {
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const int client = ::accept4(at.listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto it = std::make_unique<line>();
  it->of = at.of;
  it->asks.from = it->answers.to = client;
  it->asks.to = it->answers.from = server;
  const std::lock_guard lock(mutex_);
  std::vector<pid_t> known;
  for (const auto& [process, name] : names_) known.push_back(process);
  it->caller = owner_of_socket(port_of(from), at.port, known);
  if (refused_.count({caller_of(*it), at.of}) != 0) return it->reset();
  const sockaddr_in to = loopback(at.to_port);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) lines_.push_back(std::move(it));
}

} // namespace drill
