// A gateway in front of a stand-in for the node, and what a client of it needs.
#pragma once

#include "app/client/client.hpp"
#include "app/gateway/door.hpp"
#include "tests/app/gateway/fake_node.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace stele::test {

class client_of_a_gateway : public testing::Test {
protected:
  void SetUp() override { open(0); }

  void open(std::uint16_t port) {
    settings_.port = port;
    auto opened = gateway::open_door(settings_, node_.calls());
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<gateway::door>>(opened)) << std::get<std::string>(opened);
    door_ = std::move(std::get<std::unique_ptr<gateway::door>>(opened));
  }

  client_options options() const {
    client_options it;
    it.servers = {"127.0.0.1:" + std::to_string(door_->port())};
    return it;
  }

  /// Sends in the background; the node may hold the command.
  std::future<outcome<accepted>> begin(client& from, uuid id = {}) {
    auto promise = std::make_shared<std::promise<outcome<accepted>>>();
    from.send_later({"order", "7", "ship_order", "{}", id, std::nullopt, 20'000},
                    [promise](outcome<accepted> it) { promise->set_value(std::move(it)); });
    return promise->get_future();
  }

  fake_node node_;
  gateway_settings settings_;
  std::unique_ptr<gateway::door> door_;
};

inline outcome<accepted> ship(client& from, send_options options = {}) {
  return from.send("order", "7", "ship_order", "{}", std::move(options));
}

} // namespace stele::test
