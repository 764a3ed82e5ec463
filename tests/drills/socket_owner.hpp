// Which process holds the other end of a connection on this machine.
#pragma once

#include <sys/types.h>

#include <vector>

namespace drill {

/// The one of `processes` that has the socket of a loopback connection from `port` to `to_port`; 0: none of them.
pid_t owner_of_socket(int port, int to_port, const std::vector<pid_t>& processes);

} // namespace drill
