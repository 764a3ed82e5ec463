// Writes what every client did and was told, for a checker to read.
#pragma once

#include "app/load/operation.hpp"

#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stele::load {

/// One operation as a line of JSON. `completed_ns` 0: nobody answered.
std::string history_line(std::uint32_t client, const operation& it, const answer& how, std::int64_t completed_ns);

/// A file of such lines. Safe from any thread.
class history_file {
public:
  /// Nothing is written beside a file that exists already; the error is a sentence.
  std::optional<std::string> open(const std::string& path);

  /// Does nothing where no file is open.
  void add(std::uint32_t client, const operation& it, const answer& how, std::int64_t completed_ns);

  /// A sentence when something could not be written.
  std::optional<std::string> close();

private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::mutex mutex_;
  std::string path_;
  std::unique_ptr<std::FILE, closer> file_;
};

} // namespace stele::load
