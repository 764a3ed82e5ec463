#include "persistence/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace stele::sqlite {

namespace {

store_error refused(std::string what) { return {store_fault::refused, std::move(what)}; }

bool is_network(int handle) {
  struct statfs about {};
  if (::fstatfs(handle, &about) != 0) return false;
  constexpr std::array<std::uint32_t, 4> kinds{0x6969, 0xFF534D42, 0xFE534D42, 0x517B}; // NFS, CIFS, SMB2, SMB.
  for (std::uint32_t kind : kinds)
    if (static_cast<std::uint32_t>(about.f_type) == kind) return true;
  return false;
}

/// ` (process 123)`, or nothing while the owner has not written it yet.
std::string owner_of(int handle) {
  std::array<char, 32> text{};
  const auto size = ::pread(handle, text.data(), text.size() - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9';
       ++i)
    pid += text[static_cast<std::size_t>(i)];
  return pid.empty() ? "" : " (process " + pid + ")";
}

/// The pid helps a person only; a lock without it is as good.
void write_owner(int handle) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(handle, 0) == 0) (void)!::pwrite(handle, pid.data(), pid.size(), 0);
}

} // namespace

stored<file_lock> file_lock::take(const std::string& file) {
  const std::string path = file + ".lock";
  const int handle = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (handle < 0) return refused("can't make the lock " + path + ": " + std::strerror(errno));
  file_lock lock(handle);
  if (is_network(handle))
    return refused(file + " lies on a network file system, where locks can't be trusted; use a local disk");
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0)
    return refused(file + " is in use by a running node" + owner_of(handle) + "; stop the node first");
  write_owner(handle);
  return lock;
}

file_lock::~file_lock() {
  if (handle_ >= 0) ::close(handle_);
}

} // namespace stele::sqlite
