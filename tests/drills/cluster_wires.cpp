// The wires of `scripts/cluster`: a program told by lines on its standard input what to cut.
//   door NAME PORT     prints the port behind which NAME is reached, who listens on PORT
//   process NAME PID   NAME runs as that process
//   absent NAME        and now it does not
//   cut A B, heal A B
// It ends with its input.
#include "tests/drills/wires.hpp"

#include <csignal>
#include <iostream>
#include <sstream>

int main() {
  std::signal(SIGINT, SIG_IGN); // Ctrl-C is for the one who gives the commands.
  drill::wires between;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what, one, other;
    words >> what >> one >> other;
    if (what == "door")
      std::cout << between.door(one, std::stoi(other)) << std::endl;
    else if (what == "process")
      between.process(one, static_cast<pid_t>(std::stol(other)));
    else if (what == "absent")
      between.absent(one);
    else if (what == "cut")
      between.cut(one, other);
    else if (what == "heal")
      between.heal(one, other);
    else
      std::cerr << "unknown: " << line << '\n';
  }
}
