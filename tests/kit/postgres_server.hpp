// A PostgreSQL server of its own for a test program, in a temporary folder.
#pragma once

#include "tests/kit/temporary_folder.hpp"

#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stele::kit {

/// Made by `initdb` and started at once; ended, and its folder gone, with this. It listens on a socket in its folder
/// and on 127.0.0.1. Run by root it is run as user `postgres`: the server refuses root.
class postgres_server {
public:
  /// Settings on top of the defaults, as `fsync=off`, and variables of its environment, as `NAME=value`.
  explicit postgres_server(std::vector<std::string> settings = {}, std::vector<std::string> environment = {});
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// The one server of this program, started at the first call.
  static postgres_server& shared();

  /// Address of a database over the socket.
  std::string uri(const std::string& user = "postgres", const std::string& database = "postgres") const;

  std::string log() const { return folder_ / "server.log"; } ///< A file, gone with this.

  /// The same over TCP, for a proxy in between.
  int port() const { return port_; }

  void kill(); ///< SIGKILL to all of its processes, as a crash.
  void start();
  void start_if_ended(); ///< As after a panic it could not recover from. Waits until it answers.

  /// Runs a script as the superuser; the first column of the last row, as text. Throws what the server says.
  std::string run(const std::string& script) const;

private:
  void make();
  void wait_until_it_answers() const;
  void stop(int signal);

  temporary_folder folder_;
  std::vector<std::string> settings_, environment_;
  int port_ = 0;
  pid_t pid_ = 0;
};

/// A connection of the superuser that stays open, for transactions that do.
class postgres_session {
public:
  explicit postgres_session(const std::string& uri);

  /// As `postgres_server::run`.
  std::string run(const std::string& script) const;

private:
  std::shared_ptr<void> db_;
};

} // namespace stele::kit
