#include "tests/app/http/small_server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace stele::http {

void held_replies::put(std::string path, reply it) {
  const std::lock_guard hold(guard_);
  held_.emplace_back(std::move(path), std::move(it));
  came_.notify_all();
}

void held_replies::wait_for(std::size_t count) {
  std::unique_lock hold(guard_);
  const bool came = came_.wait_for(hold, std::chrono::seconds(10), [&] { return held_.size() >= count; });
  EXPECT_TRUE(came) << "only " << held_.size() << " of " << count << " requests came";
}

void held_replies::answer(std::size_t index, response it) {
  std::unique_lock hold(guard_);
  const auto to = held_.at(index).second;
  hold.unlock();
  to(std::move(it));
}

std::vector<std::string> held_replies::paths() {
  const std::lock_guard hold(guard_);
  std::vector<std::string> out;
  for (const auto& [path, to] : held_) out.push_back(path);
  return out;
}

small_server::small_server(http_settings settings) {
  settings.port = 0;
  routes table;
  const auto echo = [](const request& it, const reply& answer) { answer({200, it.body, "text/plain", {}}); };
  table.add("GET", "/echo", echo);
  table.add("POST", "/echo", echo);
  table.add("GET", "/held/{name}", [this](const request& it, reply answer) { held.put(it.parameter("name"), answer); });
  table.add("GET", "/big", [](const request&, const reply& answer) {
    answer({200, std::string(8u << 20, 'x'), "text/plain", {}});
  });
  table.add("GET", "/broken", [](const request&, const reply&) { throw std::runtime_error("a defect\r\n"); });
  door = std::make_unique<server>(settings, std::move(table), counters);
  const auto wrong = door->start();
  EXPECT_EQ(wrong.value_or(""), "");
  port = door->port();
}

} // namespace stele::http
