#include "app/http/http_client.hpp"

#include "app/security/stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace stele::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using error_code = boost::system::error_code;
using result = boost::system::result<client_response, client_error>;
using parser = beast::http::response_parser<beast::http::string_body>;
using message = beast::http::request<beast::http::string_body>;

constexpr std::uint64_t body_bytes_max = 256u << 20;

bool ended_by_peer(const error_code& why) {
  return why == beast::http::error::end_of_stream || why == net::error::eof || why == net::error::connection_reset ||
         why == net::error::broken_pipe || why == net::ssl::error::stream_truncated;
}

std::string_view hint(const error_code& why) {
  return why.category() == net::error::get_ssl_category() || why == net::ssl::error::stream_truncated
             ? "; does the node speak TLS, and is --ca its authority?"
             : "; is the node running?";
}

client_response to_response(parser&& from) {
  client_response out;
  out.status = from.get().result_int();
  for (const auto& field : from.get()) out.headers.emplace_back(field.name_string(), field.value());
  out.body = std::move(from.get().body());
  return out;
}

} // namespace

std::optional<std::string> client_response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return std::nullopt;
}

struct http_client::parts {
  node_access node;
  std::chrono::milliseconds timeout;
  net::io_context io;
  std::optional<security::stream<beast::tcp_stream>> stream;
  beast::flat_buffer unread;

  // Runs what was started to its end; the stream's own time-out bounds it.
  void run() {
    io.restart();
    io.run();
  }

  error_code connect() {
    error_code outcome;
    net::ip::tcp::resolver resolver(io);
    const auto found =
        resolver.resolve(node.host, std::to_string(node.port), net::ip::tcp::resolver::numeric_service, outcome);
    if (outcome) return outcome;
    unread.clear();
    stream.emplace(beast::tcp_stream(io), node.tls);
    stream->lower().expires_after(timeout);
    stream->lower().async_connect(found, [&](const error_code& why, const auto&) { outcome = why; });
    run();
    if (!outcome) stream->lower().socket().set_option(net::ip::tcp::no_delay(true), outcome);
    if (!outcome && node.tls) outcome = shake_hands();
    if (outcome) stream.reset();
    return outcome;
  }

  error_code shake_hands() {
    error_code outcome;
    if (!security::expect_host(stream->handle(), node.host)) return net::error::no_memory;
    stream->async_handshake(net::ssl::stream_base::client, [&](const error_code& why) { outcome = why; });
    run();
    return outcome;
  }

  error_code write(const message& it) {
    error_code outcome;
    stream->lower().expires_after(timeout);
    beast::http::async_write(*stream, it, [&](const error_code& why, std::size_t) { outcome = why; });
    run();
    return outcome;
  }

  error_code read(parser& into) {
    error_code outcome;
    into.body_limit(body_bytes_max);
    stream->lower().expires_after(timeout);
    beast::http::async_read(*stream, unread, into, [&](const error_code& why, std::size_t) { outcome = why; });
    run();
    return outcome;
  }

  // A kept connection may have been closed by the server meanwhile. Only when not one byte of an answer came is the
  // request sent again, and only by the caller's leave: a POST without a key could happen twice.
  result exchange(const message& it) {
    const bool kept = stream.has_value();
    const bool repeatable = it.method_string() == "GET" || it.count("Idempotency-Key") != 0;
    result out = once(it);
    if (out.has_error() && kept && repeatable && out.error().what.empty()) out = once(it);
    if (out.has_error() && out.error().what.empty())
      return client_error{node.where() + " closed the connection without an answer", true};
    return out;
  }

  result once(const message& it) {
    if (!stream)
      if (const auto why = connect())
        return client_error{"no connection to " + node.where() + ": " + why.message() + std::string(hint(why)), false};
    error_code why = write(it);
    parser answer;
    answer.skip(it.method() == beast::http::verb::head);
    if (!why || ended_by_peer(why)) why = read(answer); // The server may answer before it has read everything.
    if (why) {
      stream.reset();
      if (ended_by_peer(why)) return client_error{{}, true};
      return client_error{"no answer from " + node.where() + ": " + why.message(), true};
    }
    if (!answer.get().keep_alive()) stream.reset();
    return to_response(std::move(answer));
  }
};

http_client::http_client(std::string host, std::uint16_t port, std::chrono::milliseconds timeout)
    : http_client(node_access{std::move(host), port}, timeout) {}

http_client::http_client(node_access node, std::chrono::milliseconds timeout) : parts_(std::make_unique<parts>()) {
  parts_->node = std::move(node);
  parts_->timeout = timeout;
}

http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;

boost::system::result<client_response, client_error> http_client::request(std::string_view method,
                                                                          std::string_view target,
                                                                          std::string_view body,
                                                                          const header_list& headers) {
  message it;
  it.version(11);
  it.method_string({method.data(), method.size()});
  it.target({target.data(), target.size()});
  it.set(beast::http::field::host, parts_->node.where());
  if (!parts_->node.key.empty()) it.set(beast::http::field::authorization, "Bearer " + parts_->node.key);
  if (!body.empty()) it.set(beast::http::field::content_type, "application/json");
  for (const auto& [name, value] : headers) it.set(name, value);
  it.body() = body;
  it.prepare_payload();
  return parts_->exchange(it);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

} // namespace stele::http
