#include "app/gateway/basp_filter.hpp"

#include <algorithm>
#include <cstring>

namespace stele::gateway {

namespace {

constexpr std::size_t node_size = sizeof(node_bytes);
constexpr std::size_t error_size = 9; ///< Code and category; a context message follows.

/// `caf::atom("default")`: six bits a letter behind a 0xF.
constexpr std::uint64_t default_atom() {
  constexpr std::string_view letters = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  std::uint64_t atom = 0xF;
  for (char letter : std::string_view{"default"}) atom = atom << 6 | letters.find(letter);
  return atom;
}

/// A whole node id: of the default kind, with a process and a host.
bool is_node(std::span<const char> bytes) {
  return bytes.size() >= node_size && read_number(bytes.data(), 8) == default_atom() &&
         read_number(bytes.data() + 8, 4) != 0 &&
         std::any_of(bytes.data() + 12, bytes.data() + node_size, [](char byte) { return byte != 0; });
}

/// Walks through a payload; what isn't there, or not in its shortest form, fails.
struct walker {
  std::span<const char> bytes;
  std::size_t at = 0;

  std::size_t left() const { return bytes.size() - at; }

  std::optional<std::uint32_t> number() {
    std::uint64_t number = 0;
    for (int i = 0; i < 5 && left() > 0; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[at++]);
      number |= std::uint64_t{byte & 0x7Fu} << (7 * i);
      if (byte & 0x80) continue;
      const bool shortest = byte != 0 || i == 0;
      if (!shortest || number > 0xFFFFFFFF) return std::nullopt;
      return static_cast<std::uint32_t>(number);
    }
    return std::nullopt;
  }

  std::optional<std::string_view> text() {
    const auto length = number();
    if (!length || *length > left()) return std::nullopt;
    std::string_view it{bytes.data() + at, *length};
    at += *length;
    return it;
  }

  bool texts(std::uint32_t count_max) {
    auto count = number();
    if (!count || *count > count_max) return false;
    while ((*count)-- > 0)
      if (!text()) return false;
    return true;
  }
};

void append(std::vector<char>& out, basp_header header, std::span<const char> payload) {
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  append_header(out, header);
  out.insert(out.end(), payload.begin(), payload.end());
}

/// Keeps what stands before the error, its code and its category. Its context may hold a value of any type: the empty
/// message takes its place. Code 0 would mean that there is no error.
void append_error(std::vector<char>& out, basp_header header, std::span<const char> payload, std::size_t error_at) {
  constexpr std::array<char, 6> empty_message{0, 0, 3, '@', '<', '>'};
  header.payload_bytes = static_cast<std::uint32_t>(error_at + error_size + empty_message.size());
  append_header(out, header);
  const auto end = payload.begin() + static_cast<std::ptrdiff_t>(error_at + error_size);
  out.insert(out.end(), payload.begin(), end);
  if (auto& code = out[out.size() - error_size]; code == 0) code = 1;
  out.insert(out.end(), empty_message.begin(), empty_message.end());
}

} // namespace

std::string_view to_string(verdict it) {
  constexpr std::string_view names[] = {
      "ok",        "bad_operation",    "bad_flags",     "bad_padding",       "too_long",       "bad_handshake",
      "too_early", "node_taken",       "bad_ids",       "bad_destination",   "bad_message_id", "bad_layout",
      "bad_type",  "too_many_sources", "unasked_reply", "too_many_requests", "too_fast"};
  static_assert(std::size(names) == static_cast<std::size_t>(verdict::count_));
  return names[static_cast<std::size_t>(it)];
}

basp_filter::basp_filter(filter_rules rules)
    : rules_(std::move(rules)), type_line_("@<>+" + rules_.message_type), frames_left_(rules_.frames_burst) {}

basp_filter::~basp_filter() {
  if (claimed_) rules_.nodes->give_back(peer_);
}

verdict basp_filter::feed(std::span<const char> bytes, std::vector<char>& out) {
  received_.insert(received_.end(), bytes.begin(), bytes.end());
  std::span<const char> rest{received_};
  auto result = verdict::ok;
  while (result == verdict::ok && rest.size() >= basp_header::size) {
    const auto header = read_header(rest.data());
    if (result = check(header); result != verdict::ok) break;
    const auto frame_size = basp_header::size + header.payload_bytes;
    if (rest.size() < frame_size) break;
    result = pass(header, rest.subspan(basp_header::size, header.payload_bytes), out);
    rest = rest.subspan(frame_size);
  }
  received_.erase(received_.begin(), received_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return result;
}

void basp_filter::refill(double seconds) {
  frames_left_ = std::min(rules_.frames_burst, frames_left_ + seconds * rules_.frames_per_second);
}

/// What the 32 bytes alone can tell: said before more than one read of the payload is stored.
verdict basp_filter::check(const basp_header& h) const {
  using enum basp_operation;
  if (h.operation > static_cast<std::uint8_t>(heartbeat) || h.is(routed_message)) return verdict::bad_operation;
  if (h.padding_a || h.padding_b) return verdict::bad_padding;
  if (h.payload_bytes > (h.is(direct_message) ? rules_.payload_bytes_max : rules_.handshake_bytes_max))
    return verdict::too_long;
  if (h.is(server_handshake) || h.is(client_handshake)) return check_handshake(h);
  if (steps_ == 0) return verdict::too_early;
  if (!h.is(direct_message) && h.flags) return verdict::bad_flags;
  bool fits = h.payload_bytes != 0;
  if (h.is(heartbeat)) fits = !h.payload_bytes && !h.data && !h.source && !h.destination;
  if (h.is(monitor_message)) fits = h.payload_bytes == 2 * node_size && !h.data && !h.source && h.destination;
  if (h.is(down_message)) fits = h.payload_bytes >= 2 * node_size + error_size && !h.data && h.source && !h.destination;
  return fits ? verdict::ok : verdict::bad_layout;
}

verdict basp_filter::check_handshake(const basp_header& h) const {
  const bool expected = h.is(rules_.we_accepted ? basp_operation::client_handshake : basp_operation::server_handshake);
  return expected && h.payload_bytes >= node_size && !h.source && !h.destination ? verdict::ok : verdict::bad_handshake;
}

verdict basp_filter::pass(const basp_header& h, std::span<const char> payload, std::vector<char>& out) {
  if (rules_.frames_per_second > 0 && (frames_left_ -= 1) < 0) return verdict::too_fast;
  switch (static_cast<basp_operation>(h.operation)) {
  case basp_operation::client_handshake:
    return pass_client_handshake(h, payload, out);
  case basp_operation::server_handshake:
    return pass_server_handshake(h, payload, out);
  case basp_operation::monitor_message:
    return pass_monitor(h, payload, out);
  case basp_operation::down_message:
    return pass_down(h, payload, out);
  case basp_operation::direct_message:
    return pass_message(h, payload, out);
  case basp_operation::heartbeat:
    append(out, h, payload);
    return verdict::ok;
  case basp_operation::routed_message:
    break;
  }
  return verdict::bad_operation;
}

verdict basp_filter::pass_client_handshake(const basp_header& h, std::span<const char> payload,
                                           std::vector<char>& out) {
  const int flags_expected = steps_ == 0 ? 0 : 2;
  if (payload.size() != node_size || h.data || steps_ >= 2 || h.flags != flags_expected || !is_node(payload))
    return verdict::bad_handshake;
  if (steps_ == 0) {
    std::copy(payload.begin(), payload.end(), peer_.begin());
    if (const auto why = claim(); why != verdict::ok) return why;
  } else if (!std::equal(payload.begin(), payload.end(), peer_.begin())) {
    return verdict::bad_handshake;
  }
  ++steps_;
  append(out, h, payload);
  return verdict::ok;
}

/// Node id, application ids, actor id, names of message interfaces.
verdict basp_filter::pass_server_handshake(const basp_header& h, std::span<const char> payload,
                                           std::vector<char>& out) {
  if (steps_ != 0 || h.flags || !is_node(payload)) return verdict::bad_handshake;
  walker rest{payload, node_size};
  constexpr std::uint32_t names_max = 8;
  if (!rest.texts(names_max) || rest.left() < 8) return verdict::bad_handshake;
  rest.at += 8;
  if (!rest.texts(names_max) || rest.left() != 0) return verdict::bad_handshake;
  std::copy_n(payload.begin(), node_size, peer_.begin());
  if (const auto why = claim(); why != verdict::ok) return why;
  steps_ = 2;
  append(out, h, payload);
  return verdict::ok;
}

verdict basp_filter::claim() {
  if (peer_ == rules_.self) return verdict::bad_handshake;
  if (!rules_.nodes) return verdict::ok;
  claimed_ = rules_.nodes->take(peer_);
  return claimed_ ? verdict::ok : verdict::node_taken;
}

/// From the peer to us, by the two node ids at the front.
bool basp_filter::between_us(std::span<const char> payload) const {
  return std::equal(peer_.begin(), peer_.end(), payload.begin()) &&
         std::equal(rules_.self.begin(), rules_.self.end(), payload.begin() + node_size);
}

verdict basp_filter::pass_monitor(const basp_header& h, std::span<const char> payload, std::vector<char>& out) {
  if (!between_us(payload)) return verdict::bad_ids;
  if (h.destination != rules_.published && !shown_.contains(h.destination)) return verdict::bad_destination;
  append(out, h, payload);
  return verdict::ok;
}

verdict basp_filter::pass_down(const basp_header& h, std::span<const char> payload, std::vector<char>& out) {
  if (!between_us(payload)) return verdict::bad_ids;
  sources_.erase(h.source);
  append_error(out, h, payload, 2 * node_size);
  return verdict::ok;
}

verdict basp_filter::pass_message(const basp_header& h, std::span<const char> payload, std::vector<char>& out) {
  // CAF looks up its helpers SpawnServ and ConfigServ by name at each connect. Nothing breaks without an answer.
  constexpr std::uint8_t receiver_by_name = 1;
  if (h.flags == receiver_by_name) return verdict::ok;
  if (h.flags) return verdict::bad_flags;
  const bool reply = h.data & message_ids::reply_bit;
  if (const auto end = reply ? check_reply(h) : check_request(h)) return *end;
  if (const auto why = add_source(h.source); why != verdict::ok) return why;
  return pass_content(h, payload, out);
}

/// Nothing: go on.
std::optional<verdict> basp_filter::check_reply(const basp_header& h) {
  const auto number = h.data & message_ids::number_mask;
  if (number == 0 || asked_.erase({h.destination, number}) == 0) return verdict::unasked_reply;
  return std::nullopt;
}

std::optional<verdict> basp_filter::check_request(const basp_header& h) {
  if (h.source == 0) return verdict::bad_ids;
  if (rules_.published == 0 || h.destination != rules_.published) {
    // The answer to CAF's own look-up of SpawnServ comes as a plain message to a helper: swallowed.
    return h.data == message_ids::plain_message ? verdict::ok : verdict::bad_destination;
  }
  if (h.data >> 60 != 1 || (h.data & message_ids::number_mask) == 0) return verdict::bad_message_id;
  if (++unanswered_ > rules_.requests_max) return verdict::too_many_requests;
  return std::nullopt;
}

/// CAF answers a request to an actor that is gone without a sender: 0 is no source.
verdict basp_filter::add_source(std::uint64_t source) {
  if (source == 0 || sources_.contains(source)) return verdict::ok;
  if (sources_.size() >= rules_.sources_max) return verdict::too_many_sources;
  sources_.insert(source);
  return verdict::ok;
}

/// No forwarding stack (1 byte), object number 0 (2 bytes), the type line, the value: exactly to the end.
verdict basp_filter::pass_content(const basp_header& h, std::span<const char> payload, std::vector<char>& out) const {
  if (payload.size() < 4 || payload[0] || payload[1] || payload[2]) return verdict::bad_layout;
  walker rest{payload, 3};
  const auto type = rest.text();
  if (!type) return verdict::bad_layout;
  if (*type == type_line_) {
    const auto length = rest.number();
    if (!length || *length != rest.left()) return verdict::bad_layout;
    append(out, h, payload);
    return verdict::ok;
  }
  const bool reply = h.data & message_ids::reply_bit;
  if (!reply || *type != "@<>+@error") return verdict::bad_type;
  if (rest.left() < error_size) return verdict::bad_layout;
  append_error(out, h, payload, rest.at);
  return verdict::ok;
}

void basp_filter::sent(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto skipped = std::min(sent_payload_left_, bytes.size());
    sent_payload_left_ -= skipped;
    bytes = bytes.subspan(skipped);
    const auto taken = std::min(basp_header::size - sent_header_.size(), bytes.size());
    sent_header_.insert(sent_header_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (sent_header_.size() < basp_header::size) return;
    const auto header = read_header(sent_header_.data());
    sent_header_.clear();
    sent_payload_left_ = header.payload_bytes;
    note_sent(header);
  }
}

void basp_filter::note_sent(const basp_header& h) {
  if (h.is(basp_operation::down_message)) shown_.erase(h.source);
  if (!h.is(basp_operation::direct_message)) return;
  if (h.source) shown_.insert(h.source);
  const auto number = h.data & message_ids::number_mask;
  if (h.flags || number == 0) return;
  const bool reply = h.data & message_ids::reply_bit;
  if (!reply)
    asked_.insert({h.source, number});
  else if (unanswered_ > 0)
    --unanswered_;
}

} // namespace stele::gateway
