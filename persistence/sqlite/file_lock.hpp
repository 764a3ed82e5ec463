// One process at a time: the lock beside a store's file.
#pragma once

#include "persistence/store_error.hpp"

#include <string>

namespace stele::sqlite {

/// Holds `FILE.lock` by flock, with the pid of the owner inside. The kernel frees it when the process ends, however.
class file_lock {
public:
  /// Fails with `refused` when another process holds it (names the file, and the pid if it can be read), when the lock
  /// file can't be made, and on file systems of the network, where locks can't be trusted.
  static stored<file_lock> take(const std::string& file);

  file_lock(file_lock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  file_lock& operator=(file_lock&&) = delete;
  ~file_lock();

private:
  explicit file_lock(int handle) : handle_(handle) {}
  int handle_ = -1;
};

} // namespace stele::sqlite
