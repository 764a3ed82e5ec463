// A folder of its own, a program with the reference domain in it, and orders to fill it with.
#pragma once

#include "app/assembly.hpp"
#include "app/runtime.hpp"
#include "domain/order.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

namespace stele {

/// Goes away with the test.
class temporary_folder {
public:
  temporary_folder() { std::filesystem::create_directories(path_); }
  ~temporary_folder() { std::filesystem::remove_all(path_); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
  static inline int made_ = 0;
  std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) /
                                ("stele-" + std::to_string(::getpid()) + '-' + std::to_string(++made_));
};

inline config sqlite_config(const std::string& file) {
  auto settings = in_memory();
  settings.store.uri = "sqlite:" + file;
  settings.log_level = "error";
  return settings;
}

inline order::create_order an_order(const std::string& customer, std::int64_t quantity = 2) {
  return {customer, {{"book", quantity, cents(1998)}}, {}};
}

/// A program with orders and accounts. It is drained and closed when it goes.
struct order_shop : runtime {
  explicit order_shop(config settings) : runtime(std::move(settings)) { assemble(*this); }
};

} // namespace stele
