// Many at once, and a server that is not there.
#include "persistence/postgres/workers.hpp"
#include "tests/kit/postgres_place.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace stele::kit {

namespace {

/// Takes connections and closes them at once, as a server that is starting up.
class closing_listener {
public:
  closing_listener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(socket_, 100), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size), 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~closing_listener() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::string uri() const {
    return "postgresql://nobody@127.0.0.1:" + std::to_string(port_) + "/none?sslmode=disable&gssencmode=disable";
  }
  int taken() const { return taken_; }

private:
  void run() {
    for (int it = ::accept(socket_, nullptr, nullptr); it >= 0; it = ::accept(socket_, nullptr, nullptr)) {
      ++taken_;
      ::close(it);
    }
  }

  int socket_, port_ = 0;
  std::atomic<int> taken_{0};
  std::thread thread_;
};

} // namespace

TEST(postgres_start, of_many_at_once_on_a_new_schema_one_becomes_the_node) {
  postgres_place place;
  std::vector<std::future<stored<std::unique_ptr<store>>>> starts;
  for (int i = 0; i < 6; ++i)
    starts.push_back(std::async(std::launch::async, [&] { return open_store(place.options); }));
  std::vector<std::unique_ptr<store>> nodes;
  for (auto& it : starts) {
    auto opened = it.get();
    if (opened)
      nodes.push_back(std::move(*opened));
    else
      EXPECT_NE(opened.error().what.find("node"), std::string::npos) << opened.error().what;
  }
  ASSERT_EQ(nodes.size(), 1u);
  event_maker events;
  EXPECT_TRUE(append_to(*nodes[0], events.batch({"order-1"})));
  EXPECT_EQ(place.run("SELECT count(*) = max(number) FROM stele.es_migrations"), "t") << "each migration once";
}

TEST(postgres_start, a_server_that_is_not_there_is_asked_for_now_and_then_only) {
  const closing_listener server;
  postgres::connection_settings where;
  where.uri = server.uri();
  postgres::workers asking(where, 2);
  constexpr std::size_t questions = 50'000;
  std::vector<pending<done>> answers(questions);
  for (auto& it : answers)
    asking.read<done>(
        postgres::urgency::quick, [](auto&) { return done{}; }, it.reply());
  for (auto& it : answers) ASSERT_TRUE(failed_with(it.get(), store_fault::unavailable));
  EXPECT_LT(server.taken(), 500) << "pauses double, to two seconds";
  EXPECT_GE(server.taken(), 1);
}

} // namespace stele::kit
