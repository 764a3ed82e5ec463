// A byte stream that is plain or TLS, decided when it is made, so that what reads and writes exists once.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace stele::security {

/// What Boost.Beast reads from and writes to. `Lower` is a TCP socket, or a stream over one with time-outs.
template <class Lower>
class stream {
public:
  using executor_type = typename Lower::executor_type;
  using error_code = boost::system::error_code;

  /// Without `tls` it is plain.
  stream(Lower lower, const std::shared_ptr<boost::asio::ssl::context>& tls) {
    if (tls)
      tls_ = std::make_unique<boost::asio::ssl::stream<Lower>>(std::move(lower), *tls);
    else
      plain_.emplace(std::move(lower));
  }

  bool is_tls() const { return tls_ != nullptr; }
  Lower& lower() { return tls_ ? tls_->next_layer() : *plain_; }
  executor_type get_executor() { return lower().get_executor(); }
  SSL* handle() { return tls_ ? tls_->native_handle() : nullptr; }

  /// First of all, on a stream that is TLS.
  template <class Then>
  void async_handshake(boost::asio::ssl::stream_base::handshake_type as, Then then) {
    tls_->async_handshake(as, std::move(then));
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto then, const Buffers& to) {
          if (tls_ && !ended_)
            tls_->async_read_some(to, std::move(then));
          else
            lower().async_read_some(to, std::move(then));
        },
        token, into);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto then, const Buffers& out) {
          if (tls_)
            tls_->async_write_some(out, std::move(then));
          else
            lower().async_write_some(out, std::move(then));
        },
        token, from);
  }

  /// Tells the other end that nothing more is sent; then `then()`. Nothing is being written meanwhile. What is read
  /// from now on is good for nothing but to be thrown away: over TLS it stays encrypted.
  template <class Then>
  void end_sending(Then then) {
    ended_ = true;
    if (!tls_) return then();
    // As if the other end had said so already: nobody waits for it to say it.
    SSL_set_shutdown(tls_->native_handle(), SSL_RECEIVED_SHUTDOWN);
    tls_->async_shutdown([then = std::move(then)](const error_code&) mutable { then(); });
  }

  bool has_ended_sending() const { return ended_; }

private:
  std::optional<Lower> plain_;
  std::unique_ptr<boost::asio::ssl::stream<Lower>> tls_;
  bool ended_ = false;
};

} // namespace stele::security
