// One connection: reads requests, hands them to their handlers, writes the answers in order.
#pragma once

#include "app/http/head_check.hpp"
#include "app/http/routes.hpp"
#include "app/http/server_counters.hpp"
#include "app/http/settings.hpp"
#include "app/security/key_ring.hpp"
#include "app/security/stream.hpp"
#include "app/security/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace stele::http {

/// What all connections of a server share. Outlives them.
struct connection_home {
  virtual ~connection_home() = default;
  virtual void
  closed(const boost::asio::ip::address& peer) = 0; ///< From any thread, as the last thing of a connection.

  http_settings settings;
  routes table;
  std::shared_ptr<server_counters> counters;
  security::tls_context tls;                ///< Null: plain.
  std::shared_ptr<security::key_ring> keys; ///< Null: nobody needs a key.
};

/// Lives as long as one of its operations is under way. All of it runs on the socket's executor, a strand.
class connection : public std::enable_shared_from_this<connection> {
public:
  using tcp = boost::asio::ip::tcp;

  connection(tcp::socket socket, tcp::endpoint peer, std::shared_ptr<connection_home> home);
  ~connection();

  void start();             ///< Reads requests until one end closes.
  void turn_away(response); ///< Answers without reading, and closes. Over TLS it only closes.
  void finish();            ///< From any thread: answers what is in work, reads nothing more, closes.
  void abort();             ///< From any thread: closes now.

private:
  struct slot; // One request's place in the order of answers.
  using slot_ptr = std::shared_ptr<slot>;
  using error_code = boost::system::error_code;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using timer = boost::asio::steady_timer;

  // Reading.
  void shake_hands();
  void await_request();
  void read_header();
  void on_header(error_code why);
  void accept_header();
  bool let_in(const request_head& head);
  void read_body();
  void on_body(error_code why);
  void on_read_error(error_code why);
  request_head take_head() const;
  void ask_for_body();

  // Answering.
  void dispatch(request_head head);
  bool fill(request& it, const request_head& head, response& wrong);
  slot_ptr open_slot(bool head_only, bool keep_alive);
  reply reply_to(const slot_ptr& it);
  void answered(const slot_ptr& it, response what, bool late);
  void refuse(const response& why);

  // Writing and closing.
  void flush();
  void write_some();
  void on_written(error_code why, std::size_t bytes);
  void pull();
  void take_piece(std::optional<std::string> piece);
  void linger();
  void discard();
  void close();
  bool is_at_rest() const { return slots_.empty() && out_.empty() && !rest_; }
  bool is_still_let_in() const;
  bool only_listens() const { return lingering_ || rest_; } // What comes is thrown away.

  template <class Then>
  void arm(timer& it, std::int64_t ms, Then then);
  void disarm(timer& it);
  void arm_idle_timer();
  void arm_body_timer();

  security::stream<tcp::socket> socket_; // Plain or TLS.
  const tcp::endpoint peer_;
  const std::shared_ptr<connection_home> home_;
  timer read_timer_, write_timer_;

  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
  std::shared_ptr<const security::door_key> caller_; // Of the request that is read.
  std::chrono::steady_clock::time_point body_began_;
  std::size_t body_bytes_ = 0;
  bool reading_ = false;   // A read is under way.
  bool no_more_ = false;   // No further request is taken.
  bool lingering_ = false; // The last answer is out; what still comes is thrown away.

  std::deque<slot_ptr> slots_;
  std::string out_; // Answers on their way.
  std::size_t out_begin_ = 0;
  bool last_answer_ = false;          // Close after `out_`.
  std::shared_ptr<body_stream> rest_; // Of the last answer; what goes into `out_` now.
  std::shared_ptr<const security::door_key> rest_caller_;
  bool ending_ = false; // No answer has a rest any more.
};

} // namespace stele::http
