// The network between the processes of a cluster on one machine, so that a drill can cut it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace drill {

/// Passes bytes between loopback ports, in one thread. While two names are cut off from each other nothing passes
/// between them, neither way, and nobody is told: connections stay, new ones get no answer. What was sent meanwhile
/// arrives when the cut is healed, as TCP has it. Who called is known by the process at the other end of the
/// connection.
class wires {
public:
  wires();
  ~wires();
  wires(const wires&) = delete;
  wires& operator=(const wires&) = delete;

  /// A port of 127.0.0.1 behind which `of` is reached, who listens on `to_port`.
  int door(const std::string& of, int to_port);

  /// `name` runs as this process: its connections are known by it, and its doors are open.
  void process(const std::string& name, pid_t it);

  /// Nobody of that name runs: its doors are closed, as those of a process that is gone.
  void absent(const std::string& name);

  void cut(const std::string& one, const std::string& other);

  /// Only what `from` sends to `to` does not pass.
  void cut_one_way(const std::string& from, const std::string& to);

  /// Their connections are reset, and until it is healed new ones as well.
  void refuse(const std::string& one, const std::string& other);

  /// Their connections are reset once.
  void reset(const std::string& one, const std::string& other);

  /// Each of their connections carries only so much, each way.
  void narrow(const std::string& one, const std::string& other, std::size_t bytes_a_second);

  void heal(const std::string& one, const std::string& other);

  /// The next piece with these bytes in it that `from` sends to `to` does not arrive: its connection is reset at once.
  void hold_back(const std::string& from, const std::string& to, const std::string& bytes);
  bool holds() const;
  /// Now it arrives, on its old connection. What the other end says to it.
  std::string let_arrive();

private:
  using pair = std::pair<std::string, std::string>;

  struct door_place {
    std::string of;
    int port = 0, to_port = 0, listener = -1;
    bool open = true;
  };
  struct line;

  void run();
  void keep_caught();
  void look_again();
  void accept_at(const door_place& at);
  std::string caller_of(const line& it) const;
  void reset_lines(const std::string& one, const std::string& other);

  std::vector<door_place> doors_;
  std::vector<std::unique_ptr<line>> lines_; ///< Under the mutex; what is in one is of the thread.
  std::map<pid_t, std::string> names_;
  std::set<pair> cuts_;                ///< From and to.
  std::set<pair> refused_;             ///< Both ways.
  std::map<pair, std::size_t> narrow_; ///< From and to, in bytes a second.
  pair held_way_;
  std::string wanted_; ///< What a piece to be held back has in it; empty: none is.
  int held_to_ = -1;
  std::string held_; ///< What goes there.
  mutable std::mutex mutex_;
  std::atomic<bool> closed_{false};
  int wake_[2] = {-1, -1}; ///< A byte into it makes the thread look again.
  std::thread thread_;
};

} // namespace drill
