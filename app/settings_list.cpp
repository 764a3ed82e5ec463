#include "app/settings_list.hpp"

#include "app/setting_kinds.hpp"

#include <algorithm>
#include <cctype>

namespace stele {

namespace {

constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

bool is_name(std::string_view value) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  return !value.empty() && value.size() <= 64 && std::all_of(value.begin(), value.end(), fits);
}

bool is_postgres_uri(std::string_view value) {
  return value.starts_with("postgresql://") && value.size() > std::string_view("postgresql://").size();
}

bool is_store_uri(std::string_view value) {
  const auto begins = [&](std::string_view with) { return value.starts_with(with) && value.size() > with.size(); };
  return value == "memory:" || begins("sqlite:") || is_postgres_uri(value);
}

bool is_read_uri(std::string_view value) { return value.empty() || is_postgres_uri(value); }

bool is_schema(std::string_view value) {
  const auto fits = [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_'; };
  return !value.empty() && value.size() <= 40 && std::all_of(value.begin(), value.end(), fits);
}

bool is_durability(std::string_view value) { return value == "refuse" || value == "warn"; }

bool is_path(std::string_view value) {
  return value.size() <= 4096 && value.find_first_of(std::string_view("\0\n", 2)) == std::string_view::npos;
}

bool is_address(std::string_view value) {
  const auto fits = [](unsigned char c) { return std::isxdigit(c) != 0 || c == '.' || c == ':'; };
  return !value.empty() && value.size() <= 45 && std::all_of(value.begin(), value.end(), fits);
}

bool is_advertised(std::string_view value) {
  const auto colon = value.rfind(':');
  const auto port = colon == std::string_view::npos ? std::string_view{} : value.substr(colon + 1);
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return value.empty() || (value.size() <= 255 && colon > 0 && !port.empty() && port.size() <= 5 &&
                           std::all_of(port.begin(), port.end(), digit) && value.find(' ') == std::string_view::npos);
}

bool is_log_level(std::string_view value) {
  return value == "debug" || value == "info" || value == "warning" || value == "error";
}

// clang-format off
std::vector<setting> node_settings() {
  return {
    text({"node", "name", "", "Name of this node in its log lines."},
         "1 to 64 letters, digits, '.', '_' or '-'", is_name, STELE_FIELD(node_name)),
    number({"node", "drain-ms-max", "ms",
            "A node told to end finishes what it accepted; after this long it ends anyway, and says so."},
           0, hour_ms, STELE_FIELD(drain_ms_max)),
    text({"log", "level", "", "The least level that is written to stderr."},
         "debug, info, warning or error", is_log_level, STELE_FIELD(log_level)),
    number({"scheduler", "threads", "threads",
            "Threads that run actors; 0: one for each core but one. Stores and doors have threads of their own."},
           0, 1024, STELE_FIELD(scheduler_threads)),
    number({"scheduler", "messages-max", "messages",
            "Messages an actor handles before others get their turn. Less is fairer, more is faster."},
           1, million, STELE_FIELD(scheduler_messages_max)),
    text({"store", "uri", "",
          "Where events and views are kept. A relative FILE counts from the folder of this file."},
         "memory:, sqlite:FILE or postgresql://USER@HOST:PORT/DATABASE", is_store_uri, STELE_FIELD(store.uri)),
    number({"store", "shards", "shards",
            "Shards of a store that is made new. Fixed from then on: a store made with another number is refused."},
           1, 4096, STELE_FIELD(store.shards)),
    number({"store", "readers", "threads", "Threads, each with its connection, that read from the store."},
           1, 64, STELE_FIELD(store.readers)),
    number({"store", "lanes", "lanes",
            "PostgreSQL only: batches of events that are written at a time, each on a connection of its own."},
           1, 16, STELE_FIELD(store.lanes)),
    text({"store", "schema", "", "PostgreSQL only: the schema that holds the tables."},
         "1 to 40 small letters, digits and '_'", is_schema, STELE_FIELD(store.schema)),
    text({"store", "read-uri", "",
          "PostgreSQL only: another server that answers lists and searches, as a standby; empty: the same."},
         "nothing or postgresql://USER@HOST:PORT/DATABASE", is_read_uri, STELE_FIELD(store.read_uri)),
    text({"store", "durability", "",
          "PostgreSQL only: what is done when the server's settings could lose acknowledged events in a crash."},
         "refuse or warn", is_durability, STELE_FIELD(store.durability)),
  };
}

std::vector<setting> http_settings() {
  return {
    text({"http", "address", "",
          "Where the HTTP door listens. An address that is not loopback needs TLS and keys, else the node does not "
          "start."},
         "an IP address", is_address, STELE_FIELD(http.address)),
    number({"http", "port", "", "Its port; 0: any free one, which the node prints when it is ready."},
           0, 65'535, STELE_FIELD(http.port)),
    text({"http", "certificate", "",
          "PEM file with the door's certificate; it then speaks TLS only. Made by 'stele certs'; read at start."},
         "nothing or a file", is_path, STELE_FIELD(http.certificate)),
    text({"http", "private-key", "", "PEM file with the key of this certificate; nobody but its owner may read it."},
         "nothing or a file", is_path, STELE_FIELD(http.private_key)),
    text({"http", "client-authority", "",
          "PEM file of an authority: callers must show a certificate of it. Empty: they need none."},
         "nothing or a file", is_path, STELE_FIELD(http.client_authority)),
    text({"http", "keys", "",
          "File of the keys callers must carry, made by 'stele keys'. Read again a second after it changed. Empty: no "
          "keys are asked for."},
         "nothing or a file", is_path, STELE_FIELD(http.keys)),
    number({"http", "handshake-ms-max", "ms", "From connecting to the end of the TLS handshake."},
           1, hour_ms, STELE_FIELD(http.handshake_ms)),
    number({"http", "threads", "threads", "Threads that read requests and write answers."},
           1, 64, STELE_FIELD(http.threads)),
    name_list({"http", "allowed-hosts", "",
               "Names accepted in `Host` beside localhost, 127.0.0.1 and [::1]; keeps web pages of others out."},
              STELE_FIELD(http.allowed_hosts)),
    number({"http", "command-ms-max", "ms", "A command not decided by then is dropped; its caller hears 504."},
           1, hour_ms, STELE_FIELD(http.command_ms)),
    number({"http", "query-wait-ms", "ms", "How long a query waits for its `after`, unless it says."},
           0, hour_ms, STELE_FIELD(http.query_wait_ms)),
    number({"http", "page-size", "rows", "Rows of a page, unless a query says."},
           1, 10'000, STELE_FIELD(http.page_size)),
    number({"http", "history-max", "events", "Events in one answer."},
           1, 100'000, STELE_FIELD(http.history_max)),
    number({"http", "answer-ms-max", "ms", "From a request to its answer; then 504."},
           1, hour_ms, STELE_FIELD(http.answer_ms)),
    number({"http", "request-line-bytes-max", "bytes", "The longest request line."},
           128, million, STELE_FIELD(http.request_line_bytes_max)),
    number({"http", "header-bytes-max", "bytes", "All header fields of a request together."},
           256, million, STELE_FIELD(http.header_bytes_max)),
    number({"http", "header-fields-max", "fields", "Header fields of a request."},
           4, 1000, STELE_FIELD(http.header_fields_max)),
    number({"http", "body-bytes-max", "bytes", "The longest body of a request; more is 413."},
           64, gibibyte, STELE_FIELD(http.body_bytes_max)),
    number({"http", "connections-max", "connections", "Connections at a time; more are refused at once."},
           1, million, STELE_FIELD(http.connections_max)),
    number({"http", "connections-per-address-max", "connections", "Of these, from one address."},
           1, million, STELE_FIELD(http.connections_per_address_max)),
    number({"http", "pipeline-max", "requests", "Requests of one connection in work at a time."},
           1, 1000, STELE_FIELD(http.pipeline_max)),
    number({"http", "streams-max", "streams", "Streams of events at a time; more are refused with 503."},
           1, million, STELE_FIELD(http.streams_max)),
    number({"http", "heartbeat-ms", "ms", "A stream of events without news says so often that it lives."},
           1, 30'000, STELE_FIELD(http.heartbeat_ms)),
    number({"http", "header-ms-max", "ms", "From the first byte of a request to the end of its header."},
           1, hour_ms, STELE_FIELD(http.header_ms)),
    number({"http", "body-ms-max", "ms", "For a whole body."}, 1, hour_ms, STELE_FIELD(http.body_ms)),
    number({"http", "body-grace-ms", "ms", "Before the least rate is asked of a body."},
           0, hour_ms, STELE_FIELD(http.body_grace_ms)),
    number({"http", "body-bytes-per-second-min", "bytes/s", "A caller that sends its body slower is cut off."},
           0, gibibyte, STELE_FIELD(http.body_bytes_per_second_min)),
    number({"http", "idle-ms-max", "ms", "A connection without a request for so long is closed."},
           1, hour_ms, STELE_FIELD(http.idle_ms)),
    number({"http", "write-stall-ms-max", "ms", "A caller that takes no byte of its answer for so long is cut off."},
           1, hour_ms, STELE_FIELD(http.write_stall_ms)),
  };
}

std::vector<setting> gateway_door_settings() {
  return {
    text({"gateway", "address", "",
          "Where CAF clients connect. An address that is not loopback needs TLS, else the node does not start."},
         "an IP address", is_address, STELE_FIELD(gateway.address)),
    number({"gateway", "port", "", "Its port; 0: any free one, which the node prints when it is ready."},
           0, 65'535, STELE_FIELD(gateway.port)),
    text({"gateway", "certificate", "",
          "PEM file with this door's certificate. With it the door speaks TLS 1.3 only, and this and the next three are "
          "needed. Made by 'stele certs'; read at start."},
         "nothing or a file", is_path, STELE_FIELD(gateway.tls.certificate)),
    text({"gateway", "private-key", "", "PEM file with the key of this certificate; nobody but its owner may read it."},
         "nothing or a file", is_path, STELE_FIELD(gateway.tls.private_key)),
    text({"gateway", "client-authority", "", "PEM file of the authority that signs clients; no other is believed."},
         "nothing or a file", is_path, STELE_FIELD(gateway.tls.authority)),
    name_list({"gateway", "client-names", "",
               "Who is let in: a client's certificate has one of these names, as stele://client/ada."},
              STELE_FIELD(gateway.tls.names)),
    number({"gateway", "threads", "threads", "Threads that run the gateway's actors."},
           1, 64, STELE_FIELD(gateway.threads)),
    number({"gateway", "connections-max", "connections", "Clients at a time; more are closed at once."},
           1, 100'000, STELE_FIELD(gateway.connections_max)),
    number({"gateway", "handshakes-max", "connections", "TLS handshakes under way; more are closed at once."},
           1, 100'000, STELE_FIELD(gateway.handshakes_max)),
    number({"gateway", "connects-per-minute-max", "connections",
            "Connects a minute of one client's name, over TLS; more are closed. Each costs memory for good."},
           1, million, STELE_FIELD(gateway.connects_per_minute_max)),
    number({"gateway", "requests-max", "requests",
            "Unanswered requests of one client; more are refused, twice as many close its connection."},
           1, million, STELE_FIELD(gateway.requests_max)),
    number({"gateway", "request-ms-max", "ms", "The longest deadline of a request; longer ones are cut to it."},
           1, hour_ms, STELE_FIELD(gateway.request_timeout_ms_max)),
    number({"gateway", "sources-max", "actors", "Actors of one client that ask."},
           1, 100'000, STELE_FIELD(gateway.sources_max)),
    number({"gateway", "frame-bytes-max", "bytes", "The longest request and the longest reply."},
           1024, gibibyte, STELE_FIELD(gateway.frame_bytes_max)),
    number({"gateway", "frames-per-second-max", "frames/s", "A client that sends more for long is cut off."},
           1, 100 * million, STELE_FIELD(gateway.frames_per_second_max)),
    number({"gateway", "frames-burst-max", "frames", "Frames beyond this rate before it is cut off."},
           1, 100 * million, STELE_FIELD(gateway.frames_burst_max)),
    number({"gateway", "write-buffer-bytes-max", "bytes", "Replies a client doesn't read; more close its connection."},
           1024, gibibyte, STELE_FIELD(gateway.write_buffer_bytes_max)),
    number({"gateway", "handshake-ms-max", "ms", "From connecting to the end of the handshake."},
           1, hour_ms, STELE_FIELD(gateway.handshake_ms_max)),
    number({"gateway", "partial-frame-ms-max", "ms", "For a frame that was begun."},
           1, hour_ms, STELE_FIELD(gateway.partial_frame_ms_max)),
    number({"gateway", "silence-ms-max", "ms",
            "A client without even a heartbeat for so long is cut off; one is sent every fifth of it."},
           10, hour_ms, STELE_FIELD(gateway.silence_ms_max)),
  };
}

std::vector<setting> cluster_door_settings() {
  return {
    flag({"cluster", "enabled", "",
          "Whether this node is one of several over one PostgreSQL store; else it is alone, and the rest of this "
          "section means nothing."},
         STELE_FIELD(cluster.enabled)),
    text({"cluster", "address", "",
          "Where other nodes connect. An address that is not loopback needs TLS, else the node does not start."},
         "an IP address", is_address, STELE_FIELD(cluster.address)),
    number({"cluster", "port", "", "Its port; 0: any free one."}, 0, 65'535, STELE_FIELD(cluster.port)),
    text({"cluster", "advertise", "",
          "What the other nodes are told as the way to this door; empty: its address and port."},
         "nothing or HOST:PORT", is_advertised, STELE_FIELD(cluster.advertise)),
    text({"cluster", "certificate", "",
          "PEM file with this node's certificate, shown by its door and to nodes it connects to. With it nodes speak TLS "
          "1.3 only, and this and the next three are needed. Made by 'stele certs'; read at start."},
         "nothing or a file", is_path, STELE_FIELD(cluster.tls.certificate)),
    text({"cluster", "private-key", "", "PEM file with the key of this certificate; nobody but its owner may read it."},
         "nothing or a file", is_path, STELE_FIELD(cluster.tls.private_key)),
    text({"cluster", "authority", "",
          "PEM file of the authority that signs nodes; no other is believed. Not the one that signs clients."},
         "nothing or a file", is_path, STELE_FIELD(cluster.tls.authority)),
    name_list({"cluster", "names", "",
               "Who the other nodes are: each has a certificate with one of these names, as stele://cluster/east."},
              STELE_FIELD(cluster.tls.names)),
    number({"cluster", "weight", "", "A node of weight 2 owns twice as many shards as one of weight 1."},
           1, 1000, STELE_FIELD(cluster.weight)),
    number({"cluster", "lease-ms", "ms",
            "A node that can't prolong its lease for so long answers nobody and may be replaced. Alike on all nodes."},
           500, hour_ms, STELE_FIELD(cluster.lease_ms)),
    number({"cluster", "moves-per-second", "shards/s", "Shards one node gives away when nodes come or leave."},
           1, 100'000, STELE_FIELD(cluster.moves_per_second)),
    number({"cluster", "requests-max", "requests", "Unanswered requests of one node at another; more wait."},
           1, million, STELE_FIELD(cluster.requests_max)),
    number({"cluster", "queue-max", "requests", "Requests that wait for one node; more are not sent."},
           0, million, STELE_FIELD(cluster.queue_max)),
    number({"cluster", "frame-bytes-max", "bytes",
            "The longest request and the longest answer. Above limits.command-body-bytes-max, or the longest commands "
            "are refused where they have to be sent on."},
           1024, gibibyte, STELE_FIELD(cluster.frame_bytes_max)),
    number({"cluster", "handshake-ms-max", "ms", "For connecting, for the handshake and for the hello, each."},
           1, hour_ms, STELE_FIELD(cluster.handshake_ms_max)),
    number({"cluster", "silence-ms-max", "ms",
            "A node without even a heartbeat for so long counts as not connected; one is sent every fifth of it. Below "
            "the lease."},
           10, hour_ms, STELE_FIELD(cluster.silence_ms_max)),
  };
}

std::vector<setting> limit_settings() {
  return {
    number({"limits", "commands-in-flight-max", "commands",
            "Commands a node works on at a time; more are shed at once with 503, without effect."},
           1, million, STELE_FIELD(actors.commands_in_flight_max)),
    number({"limits", "queries-in-flight-max", "queries",
            "Queries a node works on at a time; more are shed at once with 503."},
           1, million, STELE_FIELD(actors.queries_in_flight_max)),
    number({"limits", "command-body-bytes-max", "bytes", "The longest body of a command."},
           64, gibibyte, STELE_FIELD(actors.command_body_bytes_max)),
    number({"limits", "events-per-command-max", "events",
            "Events one command may lead to; all of them are stored together."},
           1, 100'000, STELE_FIELD(actors.events_per_command_max)),
    number({"limits", "query-wait-ms-max", "ms", "The longest time a query may wait for a token."},
           0, hour_ms, STELE_FIELD(actors.query_wait_ms_max)),
    number({"limits", "waiters-max", "queries", "Queries that wait for a token at a time; more are shed."},
           1, million, STELE_FIELD(actors.waiters_max)),
    number({"limits", "past-readers-max", "requests",
            "Histories and old states of aggregates being read at a time; more are shed."},
           1, million, STELE_FIELD(actors.past_readers_max)),
    number({"limits", "followers-max", "requests",
            "Requests for events of the whole store that are open, waiting ones included; more are shed."},
           1, million, STELE_FIELD(actors.followers_max)),
    number({"limits", "events-page-max", "events", "Events in one answer to such a request."},
           1, 100'000, STELE_FIELD(actors.events_page_max)),
    number({"limits", "unowned-max", "commands", "Commands that wait for a shard whose owner is not known."},
           1, million, STELE_FIELD(actors.unowned_max)),
    number({"limits", "page-size-max", "rows", "The largest page of a list."},
           1, 10'000, STELE_FIELD(actors.page_size_max)),
  };
}

std::vector<setting> aggregate_settings() {
  return {
    number({"aggregates", "stash-max", "commands",
            "Commands that wait in one aggregate while it loads; more are shed."},
           1, million, STELE_FIELD(actors.stash_max)),
    number({"aggregates", "in-flight-max", "commands",
            "Decided commands of one aggregate that wait for the disk; more are shed."},
           1, million, STELE_FIELD(actors.aggregate_in_flight_max)),
    number({"aggregates", "live-bytes-max", "bytes",
            "Memory of all live aggregates; beyond it the least recently used are put aside."},
           million, 1024 * gibibyte, STELE_FIELD(actors.live_bytes_max)),
    number({"aggregates", "idle-ms", "ms", "An aggregate that was not used for so long is put aside."},
           1, 1000 * hour_ms, STELE_FIELD(actors.idle_ms)),
    number({"aggregates", "snapshot-events", "events",
            "A snapshot after so many events of a stream, so that it loads quickly; 0: never."},
           0, million, STELE_FIELD(actors.snapshot_events)),
    number({"aggregates", "slow-load-events", "events",
            "A load that had to read so many events leaves a snapshot behind; 0: never."},
           0, million, STELE_FIELD(actors.slow_load_events)),
    number({"aggregates", "command-window", "commands",
            "Latest commands an aggregate knows by heart; a repeat of an older one is looked up in its stream."},
           1, 10'000, STELE_FIELD(actors.command_window)),
    number({"aggregates", "recover-events-max", "events", "Events in one read while an aggregate loads."},
           1, 100'000, STELE_FIELD(actors.recover_events_max)),
    number({"aggregates", "broken-backoff-ms", "ms",
            "First pause before a stream that can't be read is tried again; it doubles up to 60 s."},
           1, 60'000, STELE_FIELD(actors.broken_backoff_ms)),
    number({"persistence", "batch-events-max", "events",
            "Events in one transaction. More makes the disk's work cheaper and the slowest answer slower."},
           1, 100'000, STELE_FIELD(actors.batch_events_max)),
    number({"persistence", "batch-bytes-max", "bytes", "Bytes of events in one transaction."},
           1024, gibibyte, STELE_FIELD(actors.batch_bytes_max)),
    number({"persistence", "resolve-backoff-ms", "ms",
            "First pause before the store is asked again what became of a write; it doubles up to 2 s."},
           1, 2000, STELE_FIELD(actors.resolve_backoff_ms)),
  };
}

std::vector<setting> view_settings() {
  return {
    number({"views", "fold-events-max", "events", "Events folded in one step, between which other actors have their turn."},
           1, 100'000, STELE_FIELD(actors.fold_events_max)),
    number({"views", "write-events-max", "events",
            "Events folded into one write of a view. More: fewer writes of a row that changes often."},
           1, million, STELE_FIELD(actors.write_events_max)),
    number({"views", "row-cache-rows-max", "rows", "Rows each view keeps in memory."},
           1, 100 * million, STELE_FIELD(actors.row_cache_rows_max)),
    number({"views", "handover-events-max", "events",
            "Events that wait in memory for one view; beyond it they are read from the store."},
           1, 10 * million, STELE_FIELD(actors.handover_events_max)),
    number({"views", "poison-attempts", "attempts",
            "Tries of an event that can't be folded, before its shard of the view stops with a reason."},
           1, 1000, STELE_FIELD(actors.poison_attempts)),
    number({"views", "poison-backoff-ms", "ms", "First pause between these tries; it doubles."},
           1, hour_ms, STELE_FIELD(actors.poison_backoff_ms)),
    number({"views", "query-actors", "actors", "Actors that answer queries."},
           1, 64, STELE_FIELD(actors.query_actors)),
  };
}
// clang-format on

std::vector<setting> all_settings() {
  std::vector<setting> all;
  for (auto part : {node_settings, http_settings, gateway_door_settings, cluster_door_settings, limit_settings,
                    aggregate_settings, view_settings})
    for (auto& it : part()) all.push_back(std::move(it));
  return all;
}

} // namespace

const std::vector<setting>& settings_list() {
  static const auto list = all_settings();
  return list;
}

const setting* find_setting(std::string_view name) {
  for (const auto& it : settings_list())
    if (it.name() == name) return &it;
  return nullptr;
}

} // namespace stele
