// A process that runs under the shim, from the side of the drill.
#pragma once

#include "tests/drills/shim/shim_control.hpp"

#include <string>
#include <vector>

namespace drill {

/// Makes the control file; the process is started with `environment`. Throws `std::runtime_error` when it can't be
/// made.
class shimmed {
public:
  /// `library`: the shim. `file`: anybody's to read and write, so that a server of another user may.
  shimmed(std::string library, std::string file);
  ~shimmed();
  shimmed(const shimmed&) = delete;
  shimmed& operator=(const shimmed&) = delete;

  std::vector<std::string> environment() const { return {"LD_PRELOAD=" + library_, "STELE_SHIM=" + file_}; }
  shim_control& tell() { return *control_; }
  void calm(); ///< Everything is as it is.

private:
  std::string library_, file_;
  shim_control* control_ = nullptr;
};

} // namespace drill
