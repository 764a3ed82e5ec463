#include "app/security/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace stele::security {

namespace {

constexpr std::size_t file_bytes_max = 16u << 20;
constexpr mode_t owner_only = 0600;

fault failed(const std::string& file, const char* what) { return {file + ": " + what + ": " + std::strerror(errno)}; }

bool write_all(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto written = ::write(descriptor, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return ::fsync(descriptor) == 0;
}

// An administrator who changes the file of a node must not take it from the node.
bool keep_owner(const std::string& of, const std::string& fresh) {
  struct stat before = {}, after = {};
  if (::stat(of.c_str(), &before) != 0) return errno == ENOENT;
  if (::stat(fresh.c_str(), &after) != 0) return false;
  const bool same = before.st_uid == after.st_uid && before.st_gid == after.st_gid;
  return same || ::chown(fresh.c_str(), before.st_uid, before.st_gid) == 0;
}

// Only then has the new name of a file outlived a power failure.
bool sync_folder_of(const std::string& file) {
  const auto folder = std::filesystem::absolute(file).parent_path().string();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
  return text.data();
}

} // namespace

std::optional<fault> check_private(const std::string& file, unsigned forbidden) {
  struct stat found = {};
  if (::stat(file.c_str(), &found) != 0) return failed(file, "can't be looked at");
  if (!S_ISREG(found.st_mode)) return fault{file + ": wanted a regular file"};
  if ((found.st_mode & forbidden) == 0) return std::nullopt;
  return fault{file + ": holds secrets and others have rights to it (mode " + octal(found.st_mode) +
               "); run: chmod 600 " + file};
}

secured<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in.is_open()) return failed(file, "can't be read");
  std::string text;
  std::array<char, 65536> piece;
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max) return fault{file + ": is longer than 16 MiB"};
  }
  if (in.bad()) return failed(file, "can't be read");
  return secured<std::string>(boost::system::in_place_value, std::move(text));
}

std::optional<fault> write_new(const std::string& file, const std::string& text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owner_only);
  if (descriptor < 0 && errno == EEXIST) return fault{file + ": is there already and is not overwritten"};
  if (descriptor < 0) return failed(file, "can't be made");
  const bool written = write_all(descriptor, text);
  if (::close(descriptor) != 0 || !written) return failed(file, "can't be written");
  return std::nullopt;
}

std::optional<fault> write_over(const std::string& file, const std::string& text) {
  const auto beside = file + ".new";
  ::unlink(beside.c_str()); // What a process that died left behind.
  if (auto wrong = write_new(beside, text)) return wrong;
  if (!keep_owner(file, beside)) return failed(beside, "can't be given to the owner of the file it replaces");
  if (::rename(beside.c_str(), file.c_str()) != 0) return failed(file, "can't be replaced");
  if (!sync_folder_of(file)) return failed(file, "was replaced, but its folder can't be synced");
  return std::nullopt;
}

secured<file_lock> file_lock::take(const std::string& file) {
  const auto beside = file + ".lock";
  const int descriptor = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
  if (descriptor < 0) return failed(beside, "can't be made");
  file_lock held(descriptor);
  if (::flock(descriptor, LOCK_EX) != 0) return failed(beside, "can't be locked");
  return held;
}

file_lock::file_lock(file_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

file_lock::~file_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace stele::security
