// A disk that fails on command, below SQLite.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <cstring>

namespace stele::kit {

/// While one lives, every SQLite file of this process that is opened lies on it. One at a time.
///
/// A VFS that hands all calls to the real one, unless it was told to fail.
class failing_disk {
public:
  failing_disk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    current() = this;
    vfs_.zName = "failing-disk";
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
    vfs_.xOpen = &failing_disk::open;
    vfs_.pAppData = real_->pAppData;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~failing_disk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
    current() = nullptr;
  }
  failing_disk(const failing_disk&) = delete;
  failing_disk& operator=(const failing_disk&) = delete;

  std::atomic<bool> full{false};       ///< Writes that make a file longer fail as on a full disk.
  std::atomic<bool> syncs_fail{false}; ///< fsync fails; what was written before it stays written.
  std::atomic<bool> writes_fail{false};
  std::atomic<std::uint64_t> syncs{0}; ///< How many were asked for.

private:
  struct file {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  static failing_disk*& current() {
    static failing_disk* it = nullptr;
    return it;
  }
  static sqlite3_file* real(sqlite3_file* it) { return reinterpret_cast<file*>(it)->real(); }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* it, int flags, int* out_flags) {
    sqlite3_vfs* below = current()->real_;
    const int code = below->xOpen(below, name, real(it), flags, out_flags);
    it->pMethods = code == SQLITE_OK ? methods() : nullptr;
    return code;
  }

  static int write(sqlite3_file* it, const void* bytes, int size, sqlite3_int64 at) {
    if (current()->writes_fail) return SQLITE_IOERR_WRITE;
    sqlite3_int64 length = 0;
    real(it)->pMethods->xFileSize(real(it), &length);
    if (current()->full && at + size > length) return SQLITE_FULL;
    return real(it)->pMethods->xWrite(real(it), bytes, size, at);
  }

  static int sync(sqlite3_file* it, int flags) {
    ++current()->syncs;
    return current()->syncs_fail ? SQLITE_IOERR_FSYNC : real(it)->pMethods->xSync(real(it), flags);
  }

  /// The real methods with ours in their places.
  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods all = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2; // No memory mapping: all goes through read and write.
      m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
      m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
        return real(f)->pMethods->xRead(real(f), to, n, at);
      };
      m.xWrite = &failing_disk::write;
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); };
      m.xSync = &failing_disk::sync;
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); };
      m.xLock = [](sqlite3_file* f, int kind) { return real(f)->pMethods->xLock(real(f), kind); };
      m.xUnlock = [](sqlite3_file* f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return real(f)->pMethods->xCheckReservedLock(real(f), out);
      };
      m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
        return real(f)->pMethods->xFileControl(real(f), op, arg);
      };
      m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
      m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
        return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
      };
      m.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
        return real(f)->pMethods->xShmLock(real(f), at, n, flags);
      };
      m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
      m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
      return m;
    }();
    return &all;
  }

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
};

} // namespace stele::kit
