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

/// `verify [######--------------]  30 %  300,000 of 1,000,000 events  81,000/s  8 s left`: how far something is whose
/// end is known. Nothing to do counts as done; more than there was at the start, as all of it.
std::string progress_bar(const std::string& what, std::uint64_t done, std::uint64_t total, double seconds);

} // namespace stele::admin
