#include "tests/drills/tight_disk.hpp"

#include "tests/drills/faults.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace drill {

namespace fs = std::filesystem;

tight_disk::tight_disk(std::string folder, std::size_t megabytes) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
  const auto size = "size=" + std::to_string(megabytes) + "m";
  if (::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) != 0)
    throw not_possible_here(std::string("a small disk can't be mounted (") + std::strerror(errno) + "); it needs root");
  fs::permissions(folder_, fs::perms::all);
}

tight_disk::~tight_disk() { ::umount2(folder_.c_str(), MNT_DETACH); }

void tight_disk::fill() {
  const int file = ::open((folder_ + "/filler").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const std::string much(1 << 20, 'x');
  for (std::size_t size = much.size(); size > 0; size /= 2) // Less and less, until not a byte has room.
    while (::write(file, much.data(), size) > 0) {}
  ::close(file);
}

void tight_disk::clear() { fs::remove(folder_ + "/filler"); }

} // namespace drill
