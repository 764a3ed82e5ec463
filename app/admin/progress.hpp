// A line that shows how far a long command is, on a terminal only.
#pragma once

#include <cstdint>
#include <string>

namespace stele::admin {

/// Rewrites one line of stderr, at most five times a second. Shows nothing when stderr is no terminal. The line goes
/// away with the object.
class progress_line {
public:
  progress_line();
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(const std::string& text);
  void clear();

  double seconds() const; ///< Since it was made.

private:
  bool terminal_;
  bool shown_ = false;
  std::int64_t began_us_, last_us_ = 0;
};

} // namespace stele::admin
