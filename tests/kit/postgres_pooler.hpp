// PgBouncer in front of a test's PostgreSQL, where it is installed.
#pragma once

#include "tests/kit/postgres_server.hpp"

namespace stele::kit {

/// Pools transactions: each may run in another of its few sessions. Ended, and its folder gone, with this.
class postgres_pooler {
public:
  /// Where Debian's package puts it.
  static bool is_installed();

  explicit postgres_pooler(const postgres_server& server, int sessions);
  ~postgres_pooler();
  postgres_pooler(const postgres_pooler&) = delete;
  postgres_pooler& operator=(const postgres_pooler&) = delete;

  std::string uri() const;

private:
  temporary_folder folder_;
  int port_ = 0;
  pid_t pid_ = 0;
};

} // namespace stele::kit
