#include "tests/kit/postgres_pooler.hpp"

#include "tests/kit/server_process.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>

namespace stele::kit {

namespace {

const std::string program = "/usr/sbin/pgbouncer";

} // namespace

bool postgres_pooler::is_installed() { return std::filesystem::exists(program); }

postgres_pooler::postgres_pooler(const postgres_server& server, int sessions) : port_(free_port()) {
  std::filesystem::permissions(folder_ / "", std::filesystem::perms::all);
  std::ofstream(folder_ / "users") << "\"postgres\" \"\"\n";
  std::ofstream(folder_ / "pgbouncer.ini")
      << "[databases]\n* = host=127.0.0.1 port=" << server.port()
      << "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
      << "\nunix_socket_dir =\nauth_type = trust\nauth_file = " << folder_ / "users"
      << "\npool_mode = transaction\ndefault_pool_size = " << sessions << "\n";
  pid_ = start_server({program, folder_ / "pgbouncer.ini"}, folder_ / "pgbouncer.log");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (PQping(uri().c_str()) != PQPING_OK) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > until)
      throw std::runtime_error("PgBouncer did not start");
    ::poll(nullptr, 0, 10); // There is no other sign than that it answers.
  }
}

postgres_pooler::~postgres_pooler() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string postgres_pooler::uri() const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres";
}

} // namespace stele::kit
