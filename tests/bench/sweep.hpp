// One command to each of many orders, as fast as it goes: to make them, or to wake them.
#pragma once

#include "tests/bench/bench_node.hpp"

#include <atomic>
#include <functional>
#include <future>

namespace bench {

/// Sends one command to each order from `begin` to `end`, at most 1000 on their way, and returns when all are answered.
class sweep {
public:
  sweep(shop& it, std::size_t begin, std::size_t end, std::function<stele::command_ptr(std::size_t)> make)
      : shop_(it), next_(begin), end_(end), open_(end - begin), make_(std::move(make)) {}

  /// How many were accepted.
  std::size_t run() {
    auto done = done_->get_future();
    for (std::size_t i = 0; i < 1000; ++i) send();
    done.wait();
    return accepted_;
  }

private:
  void send() {
    const auto i = next_.fetch_add(1);
    if (i >= end_) return;
    auto it = make_(i);
    it->answer = [this](const stele::command_outcome& outcome) {
      if (std::holds_alternative<stele::acceptance>(outcome)) ++accepted_;
      send();
      const auto done = done_; // With the last answer this object may go.
      if (open_.fetch_sub(1) == 1) done->set_value();
    };
    shop_.node().submit(std::move(it));
  }

  shop& shop_;
  std::atomic<std::size_t> next_;
  std::size_t end_;
  std::atomic<std::size_t> open_, accepted_{0};
  std::function<stele::command_ptr(std::size_t)> make_;
  std::shared_ptr<std::promise<void>> done_ = std::make_shared<std::promise<void>>();
};

/// Creates the orders `prefix`0 … and throws unless all of them were accepted. Each has a customer of its own.
inline void create_orders(shop& it, const std::string& prefix, std::size_t begin, std::size_t end) {
  const auto create = [&](std::size_t i) {
    return make_command(prefix + std::to_string(i), "create_order", create_body(i));
  };
  const auto done = sweep(it, begin, end, create).run();
  if (done != end - begin)
    throw std::runtime_error("of " + std::to_string(end - begin) + " orders only " + std::to_string(done) +
                             " could be created");
}

} // namespace bench
