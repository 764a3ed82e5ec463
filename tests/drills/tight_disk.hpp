// A disk of a few megabytes that a drill can fill.
#pragma once

#include <cstddef>
#include <string>

namespace drill {

/// A memory file system, mounted in `folder` and gone with this. Needs root; throws `not_possible_here` where it can't
/// be mounted.
class tight_disk {
public:
  tight_disk(std::string folder, std::size_t megabytes);
  ~tight_disk();
  tight_disk(const tight_disk&) = delete;
  tight_disk& operator=(const tight_disk&) = delete;

  const std::string& folder() const { return folder_; }
  void fill();  ///< To the last byte.
  void clear(); ///< What `fill` wrote goes.

private:
  std::string folder_;
};

} // namespace drill
