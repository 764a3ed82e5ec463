#include "tests/kit/server_process.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <random>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stele::kit {

int free_port() {
  constexpr int first = 20'000, last = 32'000, tries = 100;
  std::random_device random;
  std::uniform_int_distribution<int> any(first, last);
  for (int i = 0; i < tries; ++i) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(any(random)));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    ::close(socket);
    if (bound) return ntohs(at.sin_port);
  }
  throw std::runtime_error("there is no free port");
}

pid_t start_server(std::vector<std::string> words, const std::string& log) {
  const passwd* user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
  std::vector<char*> arguments;
  for (std::string& it : words) arguments.push_back(it.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setpgid(0, 0); // A signal to the tests' terminal is not for it.
  const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // Not left behind by a test that aborts.
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

} // namespace stele::kit
