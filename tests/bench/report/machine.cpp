#include "tests/bench/report/table.hpp"

#include <boost/version.hpp>
#include <caf/config.hpp>
#include <sqlite3.h>

#include <fstream>
#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

namespace {

/// The value of the first line of a file that begins with `name`; `unknown` when there is none.
std::string find_line(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const auto at = line.find_first_not_of(" \t:", name.size());
    return at == std::string::npos ? "unknown" : line.substr(at);
  }
  return "unknown";
}

/// `Linux 6.1` of `6.1.0-13-amd64`.
std::string kernel() {
  utsname it{};
  if (uname(&it) != 0) return "unknown";
  const std::string release = it.release;
  return std::string(it.sysname) + " " + release.substr(0, release.find('.', release.find('.') + 1));
}

std::string memory() {
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return std::to_string((pages / 1024 * size + (1 << 19)) / (1 << 20)) + " GB";
}

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::string compiler() {
#if defined(__clang__)
  return "clang++ " + dotted(__clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return "g++ " + dotted(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

} // namespace

facts facts_here(const std::string& postgres_version) {
  return {{"CPU",
           find_line("/proc/cpuinfo", "model name") + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores"},
          {"Memory", memory()},
          {"Kernel", kernel()},
          {"Versions", compiler() + ", CAF " + dotted(CAF_VERSION / 10000, CAF_VERSION / 100 % 100, CAF_VERSION % 100) +
                           ", Boost " +
                           dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100) +
                           ", PostgreSQL " + postgres_version + ", SQLite " + sqlite3_libversion()}};
}

} // namespace bench
