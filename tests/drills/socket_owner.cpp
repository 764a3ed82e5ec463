#include "tests/drills/socket_owner.hpp"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace drill {

namespace fs = std::filesystem;

namespace {

struct question {
  nlmsghdr head{};
  inet_diag_req_v2 what{};
};

struct answer {
  nlmsghdr head{};
  inet_diag_msg found{};
};

question about(int port, int to_port) {
  question it;
  it.head.nlmsg_len = sizeof it;
  it.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  it.head.nlmsg_flags = NLM_F_REQUEST;
  it.what.sdiag_family = AF_INET;
  it.what.sdiag_protocol = IPPROTO_TCP;
  it.what.idiag_states = ~0U;
  it.what.id.idiag_sport = htons(static_cast<std::uint16_t>(port));
  it.what.id.idiag_dport = htons(static_cast<std::uint16_t>(to_port));
  it.what.id.idiag_src[0] = it.what.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  it.what.id.idiag_cookie[0] = it.what.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return it;
}

/// What the links in /proc/PROCESS/fd name it; empty: there is none. The kernel is asked for this one: there may be
/// tens of thousands.
std::string name_of_socket(int port, int to_port) {
  const int kernel = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (kernel < 0) throw std::runtime_error("the kernel can't be asked about sockets");
  const question asked = about(port, to_port);
  std::array<char, 8192> bytes{};
  const bool sent = ::send(kernel, &asked, sizeof asked, 0) == sizeof asked;
  const auto got = sent ? ::recv(kernel, bytes.data(), bytes.size(), 0) : -1;
  ::close(kernel);
  answer it;
  if (got < static_cast<std::ptrdiff_t>(sizeof it)) return {}; // An error: no such connection.
  std::memcpy(&it, bytes.data(), sizeof it);
  const bool is_there = it.head.nlmsg_type == SOCK_DIAG_BY_FAMILY && it.found.idiag_inode != 0;
  return is_there ? "socket:[" + std::to_string(it.found.idiag_inode) + "]" : "";
}

bool holds(pid_t process, const std::string& socket) {
  std::error_code gone; // A process may end while it is looked at.
  for (fs::directory_iterator it("/proc/" + std::to_string(process) + "/fd", gone), end; !gone && it != end;
       it.increment(gone)) {
    std::error_code closed;
    if (fs::read_symlink(it->path(), closed) == socket) return true;
  }
  return false;
}

} // namespace

pid_t owner_of_socket(int port, int to_port, const std::vector<pid_t>& processes) {
  const std::string socket = name_of_socket(port, to_port);
  if (socket.empty()) return 0;
  for (const pid_t it : processes)
    if (holds(it, socket)) return it;
  return 0;
}

} // namespace drill
