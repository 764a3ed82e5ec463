// Starts servers that tests need beside them.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace stele::kit {

/// A port of 127.0.0.1 that nobody listens on. Not one of those the system gives to whoever connects, so that it is
/// still free when its server has ended and starts again.
int free_port();

/// Starts a program in a process group of its own, as user `postgres` when this is root, with its output in `log`.
/// It ends with the thread that started it, if nobody has ended it before.
pid_t start_server(std::vector<std::string> words, const std::string& log);

} // namespace stele::kit
