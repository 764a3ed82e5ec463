// Files that only their owner reads: keys, certificates' keys.
#pragma once

#include <boost/system/result.hpp>

#include <optional>
#include <string>

namespace stele::security {

/// Why something is not secure, or can't be made: what was wanted, what was found, what to do.
struct fault {
  std::string what;
};

template <class T>
using secured = boost::system::result<T, fault>;

/// A sentence when `file` is no regular file, or somebody has a right to it that is among `forbidden` (as 0077:
/// everybody but the owner).
std::optional<fault> check_private(const std::string& file, unsigned forbidden);

/// The whole of a file, at most 16 MiB.
secured<std::string> read_file(const std::string& file);

/// Makes a file that was not there, for the owner alone (0600), and waits until it is on disk.
std::optional<fault> write_new(const std::string& file, const std::string& text);

/// Makes `file` hold `text`, for the owner alone: whoever reads it meanwhile sees the old or the new text, never a
/// part.
std::optional<fault> write_over(const std::string& file, const std::string& text);

/// Keeps other processes from changing `file` while it lives. Uses FILE.lock beside it.
class file_lock {
public:
  static secured<file_lock> take(const std::string& file);
  ~file_lock();
  file_lock(file_lock&& other) noexcept;
  file_lock& operator=(file_lock&&) = delete;

private:
  explicit file_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

} // namespace stele::security
