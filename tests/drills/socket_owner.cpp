#include "tests/drills/socket_owner.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace drill {

namespace fs = std::filesystem;

namespace {

/// What the links in /proc/PROCESS/fd name it; empty: there is none.
std::string name_of_socket(int port) {
  char local[8];
  std::snprintf(local, sizeof local, ":%04X", static_cast<unsigned>(port));
  std::ifstream table("/proc/net/tcp");
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, from, skipped, inode;
    words >> number >> from;
    for (int i = 0; i < 7; ++i) words >> skipped;
    words >> inode;
    if (from.ends_with(local) && inode != "0") return "socket:[" + inode + "]";
  }
  return {};
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

pid_t owner_of_socket(int port, const std::vector<pid_t>& processes) {
  const std::string socket = name_of_socket(port);
  if (socket.empty()) return 0;
  for (const pid_t it : processes)
    if (holds(it, socket)) return it;
  return 0;
}

} // namespace drill
