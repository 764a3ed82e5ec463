#include "tests/drills/shim/shimmed.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

namespace drill {

shimmed::shimmed(std::string library, std::string file) : library_(std::move(library)), file_(std::move(file)) {
  const int opened = ::open(file_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  const bool made =
      opened >= 0 && ::fchmod(opened, 0666) == 0 && ::ftruncate(opened, sizeof(shim_control)) == 0; // Against a umask.
  void* found =
      made ? ::mmap(nullptr, sizeof(shim_control), PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0) : MAP_FAILED;
  if (opened >= 0) ::close(opened);
  if (found == MAP_FAILED) throw std::runtime_error("the control file of the shim can't be made: " + file_);
  control_ = static_cast<shim_control*>(found);
}

shimmed::~shimmed() { ::munmap(control_, sizeof(shim_control)); }

void shimmed::calm() {
  control_->clock_ahead_ms = 0;
  control_->sync_ms = 0;
  control_->syncs_to_fail = 0;
}

} // namespace drill
