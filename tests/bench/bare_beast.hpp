// What Beast itself gives: a server of one thread that answers every request with the same text.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <memory>
#include <string>
#include <thread>

namespace bench {

class bare_beast {
public:
  explicit bare_beast(std::string text)
      : text_(std::move(text)), acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~bare_beast() {
    io_.stop();
    thread_.join();
  }
  bare_beast(const bare_beast&) = delete;
  bare_beast& operator=(const bare_beast&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
  using socket = boost::asio::ip::tcp::socket;

  /// One connection: reads a request, answers it, reads the next.
  struct session : std::enable_shared_from_this<session> {
    session(socket from, const std::string& answer) : stream(std::move(from)), text(answer) {
      stream.socket().set_option(boost::asio::ip::tcp::no_delay(true));
    }

    void read() {
      request = {};
      boost::beast::http::async_read(stream, unread, request, [self = shared_from_this()](auto why, std::size_t) {
        if (!why) self->write();
      });
    }

    void write() {
      response = {boost::beast::http::status::ok, request.version()};
      response.set(boost::beast::http::field::content_type, "application/json");
      response.keep_alive(request.keep_alive());
      response.body() = text;
      response.prepare_payload();
      boost::beast::http::async_write(stream, response, [self = shared_from_this()](auto why, std::size_t) {
        if (!why) self->read();
      });
    }

    boost::beast::tcp_stream stream;
    const std::string& text;
    boost::beast::flat_buffer unread;
    boost::beast::http::request<boost::beast::http::string_body> request;
    boost::beast::http::response<boost::beast::http::string_body> response;
  };

  void accept() {
    acceptor_.async_accept([this](auto why, socket from) {
      if (why) return;
      std::make_shared<session>(std::move(from), text_)->read();
      accept();
    });
  }

  const std::string text_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

} // namespace bench
