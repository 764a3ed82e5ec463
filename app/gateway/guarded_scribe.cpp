#include "app/gateway/guarded_scribe.hpp"

#include "app/gateway/frame.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/logger.hpp>
#include <caf/send.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

namespace stele::gateway {

namespace {

using caf::io::network::rw_state;

/// Bytes of a socket, plain or over TLS. Both directions answer how many; 0: none for now; negative: it is over.
struct wire {
  std::ptrdiff_t read(char* into, std::size_t size) {
    if (session) return session->read(into, size);
    const auto done = ::recv(socket, into, size, 0);
    return done > 0 ? done : done < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
  }

  std::ptrdiff_t write(const char* from, std::size_t size) {
    if (session) return session->write(from, size);
    const auto done = ::send(socket, from, size, MSG_NOSIGNAL);
    return done < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : done;
  }

  bool has_pending() const { return session && session->has_pending(); }

  int socket;
  std::shared_ptr<security::tls_session> session;
};

/// How CAF reads and writes one socket. All calls come from CAF's network thread.
class guarded_policy {
public:
  explicit guarded_policy(guarded_connection it)
      : wire_{it.socket, std::move(it.session)}, filter_(std::make_unique<basp_filter>(std::move(it.rules))),
        leash_(std::move(it.held_by)), dog_(std::move(it.dog)), last_read_ms_(steady_ms()) {}
  guarded_policy(guarded_policy&&) = default;
  ~guarded_policy() {
    if (!leash_) return;
    leash_->release();
    note_unanswered(0);
  }

  rw_state read_some(std::size_t& result, int, void* buffer, std::size_t size) {
    result = 0;
    while (handed_out_ == allowed_.size()) {
      const auto state = read_more();
      if (state != rw_state::success || allowed_.empty()) return state;
    }
    result = std::min(size, allowed_.size() - handed_out_);
    std::memcpy(buffer, allowed_.data() + handed_out_, result);
    handed_out_ += result;
    return rw_state::success;
  }

  /// What is here already must be handed out: no event will come for it.
  bool must_read_more(int, std::size_t) const { return handed_out_ < allowed_.size() || wire_.has_pending(); }

  rw_state write_some(std::size_t& result, int, const void* buffer, std::size_t size) {
    result = 0;
    if (size == 0) return rw_state::indeterminate;
    const auto* bytes = static_cast<const char*>(buffer);
    const auto written = wire_.write(bytes, size);
    if (written < 0) return rw_state::failure;
    result = static_cast<std::size_t>(written);
    filter_->sent({bytes, result});
    note_unanswered(filter_->unanswered());
    return rw_state::success;
  }

private:
  /// Reads until a frame is complete, or the socket has no more: then `allowed_` stays empty.
  rw_state read_more() {
    allowed_.clear();
    handed_out_ = 0;
    while (allowed_.empty()) {
      thread_local char bytes[32768];
      const auto size = wire_.read(bytes, sizeof bytes);
      if (size == 0) return rw_state::success;
      if (size < 0) return rw_state::failure;
      if (!filter({bytes, static_cast<std::size_t>(size)})) return rw_state::failure;
    }
    return rw_state::success;
  }

  bool filter(std::span<const char> bytes) {
    const auto now_ms = steady_ms();
    filter_->refill(static_cast<double>(now_ms - last_read_ms_) / 1000);
    last_read_ms_ = now_ms;
    const auto result = filter_->feed(bytes, allowed_);
    leash_->note_progress(filter_->ready(), filter_->partial(), !allowed_.empty(), now_ms);
    note_unanswered(filter_->unanswered());
    if (result != verdict::ok) ++dog_->counts.by_verdict[static_cast<std::size_t>(result)];
    return result == verdict::ok;
  }

  void note_unanswered(std::size_t count) {
    leash_->note_unanswered(count);
    if (count == 0) dog_->note_answered();
  }

  wire wire_;
  std::unique_ptr<basp_filter> filter_;
  std::shared_ptr<leash> leash_;
  std::shared_ptr<watchdog> dog_;
  std::int64_t last_read_ms_;
  std::vector<char> allowed_; ///< Complete frames, filtered.
  std::size_t handed_out_ = 0;
};

class guarded_scribe final : public caf::io::scribe {
public:
  guarded_scribe(caf::io::network::default_multiplexer& loop, guarded_connection it)
      : scribe(caf::io::network::conn_hdl_from_socket(it.socket)), leash_(it.held_by), dog_(it.dog),
        write_buffer_bytes_max_(it.write_buffer_bytes_max), stream_(loop, it.socket, guarded_policy{std::move(it)}) {}

  void configure_read(caf::io::receive_policy::config how) override {
    stream_.configure_read(how);
    if (!started_) stream_.start(this);
    started_ = true;
  }

  /// CAF bounds no write buffer: a peer that doesn't read is cut here. Replies that come before CAF has noticed are
  /// thrown away.
  void flush() override {
    if (!cut_ && stream_.wr_buf().size() <= write_buffer_bytes_max_) return stream_.flush(this);
    if (!std::exchange(cut_, true)) {
      ++dog_->counts.slow_readers;
      leash_->pull();
    }
    std::vector<char>{}.swap(stream_.wr_buf());
  }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

  std::string addr() const override {
    const auto it = caf::io::network::remote_addr_of_fd(stream_.fd());
    return it ? *it : std::string{};
  }

  std::uint16_t port() const override {
    const auto it = caf::io::network::remote_port_of_fd(stream_.fd());
    return it ? *it : std::uint16_t{0};
  }

private:
  std::shared_ptr<leash> leash_;
  std::shared_ptr<watchdog> dog_;
  std::size_t write_buffer_bytes_max_;
  bool started_ = false;
  bool cut_ = false;
  caf::io::network::stream_impl<guarded_policy> stream_;
};

} // namespace

caf::io::scribe_ptr make_guarded_scribe(caf::actor_system& system, guarded_connection it) {
  auto& loop = dynamic_cast<caf::io::network::default_multiplexer&>(system.middleman().backend());
  return caf::make_counted<guarded_scribe>(loop, std::move(it));
}

caf::actor basp_broker_of(caf::actor_system& system) {
  static std::mutex mutex; // CAF's own look-up is not locked, and it makes the broker when there is none.
  std::lock_guard lock{mutex};
  return system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
}

node_bytes wire_node(caf::actor_system& system) {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  auto id = system.node();
  if (auto why = sink(id); why || bytes.size() != sizeof(node_bytes))
    throw std::logic_error("This build of CAF writes node ids in another way than the filter knows.");
  node_bytes it;
  std::copy(bytes.begin(), bytes.end(), it.begin());
  return it;
}

void serve(const caf::actor& basp_broker, caf::io::scribe_ptr connection, std::uint16_t key,
           const caf::actor& published) {
  caf::anon_send(basp_broker, caf::publish_atom_v, std::move(connection), key,
                 caf::actor_cast<caf::strong_actor_ptr>(published), std::set<std::string>{});
}

void forget_actor_system() { caf::logger::set_current_actor_system(nullptr); }

void prepare_system(caf::actor_system_config& config, std::int64_t silence_ms_max) {
  config.load<caf::io::middleman>();
  config.add_message_types<caf::id_block::stele_wire>();
  config.set("middleman.workers", std::size_t{1});
  config.set("middleman.enable-automatic-connections", false);
  config.set("middleman.heartbeat-interval", caf::timespan{std::chrono::milliseconds{silence_ms_max / 5}});
  config.set("middleman.connection-timeout", caf::timespan{std::chrono::milliseconds{silence_ms_max}});
}

} // namespace stele::gateway
