// A folder of its own for a test, gone with it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace stele::kit {

/// Made under the system's folder for temporary files.
class temporary_folder {
public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "stele-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("can't make a folder like " + name);
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored; // What stays behind is in the folder for temporary files.
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

} // namespace stele::kit
