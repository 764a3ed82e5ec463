#include "tests/drills/faults.hpp"

#include <sstream>

namespace drill {

namespace {

using clock = std::chrono::steady_clock;

/// While it stands, appends stop inside COMMIT for as long as somebody holds the lock.
class gate_before_commit {
public:
  explicit gate_before_commit(bench& on) : on_(on), holder_(on.server().uri()) {
    on.server().run("CREATE FUNCTION public.drill_gate() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7007); RETURN NULL; END $$;"
                    " CREATE CONSTRAINT TRIGGER drill_gate AFTER INSERT ON stele.es_events"
                    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.drill_gate()");
  }
  ~gate_before_commit() {
    try {
      open();
      on_.server().run("DROP TRIGGER drill_gate ON stele.es_events; DROP FUNCTION public.drill_gate()");
    } catch (const std::exception& e) { on_.broke(std::string("the gate before COMMIT stays: ") + e.what()); }
  }
  gate_before_commit(const gate_before_commit&) = delete;
  gate_before_commit& operator=(const gate_before_commit&) = delete;

  /// Answers the transaction that stands before it: of this node, or of any; empty: none within the limit.
  std::string shut_before(const std::string& session_condition = "true") {
    constexpr int limit_ms = 5000;
    holder_.run("SELECT pg_advisory_lock(7007)");
    std::string found;
    bench::wait_until(
        [&] {
          found = holder_.run("SELECT coalesce(min(pid || ' ' || backend_xid), '') FROM pg_stat_activity"
                              " WHERE wait_event = 'advisory' AND application_name = 'stele' AND " +
                              session_condition);
          return !found.empty();
        },
        limit_ms);
    return found;
  }
  void open() { holder_.run("SELECT pg_advisory_unlock_all()"); }

private:
  bench& on_;
  stele::kit::postgres_session holder_;
};

std::string word(const std::string& text, int which) {
  std::istringstream in(text);
  std::string found;
  for (int i = 0; i <= which; ++i) in >> found;
  return found;
}

std::string what_became_of(bench& on, const std::string& transaction) {
  std::string state;
  bench::wait_until(
      [&] {
        state = on.server().run("SELECT pg_xact_status('" + transaction + "'::xid8)");
        return state != "in progress";
      },
      3000);
  return state;
}

// Both ends of a COMMIT nobody hears of: it happens, and it does not.
void reset_inside_commit(bench& on) {
  gate_before_commit gate(on);
  const auto happens = gate.shut_before();
  for (std::size_t node = 0; node < 3; ++node) on.nodes().reset_store(node);
  gate.open();
  const auto first = what_became_of(on, word(happens, 1));
  const auto does_not = gate.shut_before();
  on.server().run("SELECT pg_terminate_backend(" + word(does_not, 0) + ")");
  gate.open();
  const auto second = what_became_of(on, word(does_not, 1));
  on.expect(first == "committed" && second == "aborted",
            "of two transactions held inside COMMIT the one whose connection was reset is " + first +
                " and the one that was ended is " + second + "; wanted: committed, aborted");
  on.saw("connection reset: " + first + "; session ended: " + second);
}

// The server gets an append after its node has found out that it had none, and has gone on.
void append_comes_late(bench& on) {
  const auto node = on.any_node();
  on.nodes().hold_back_append(node);
  on.expect(bench::wait_until([&] { return on.nodes().holds_append(); }, 5000), "no append could be held back");
  on.serve_again(on.nodes().name(node) + ", without it", on.nodes().shards_of(node), clock::now());
  const auto answer = on.nodes().let_append_arrive();
  on.expect(answer.find("INSERT 0 0") != std::string::npos,
            "an append that came after its outcome was found out was not fenced; the server answered " + answer);
  on.saw("it stored nothing when it came");
}

void waits_for_no_standby(bench& on, const std::string& names) {
  on.server().run("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
  on.server().run("SELECT pg_reload_conf()");
}

/// Calls a function on the session of a node that waits for a standby; false: there was none.
bool on_a_waiting_session(bench& on, const std::string& function) {
  return bench::wait_until(
      [&] {
        return on.server().run(
                   "SELECT count(done) FROM (SELECT " + function +
                   "(pid) AS done FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'stele'"
                   " AND query LIKE '%es_events%' LIMIT 1) one") != "0";
      },
      3000);
}

// A commit that is told with a warning, and one that is not told: both are there.
void without_its_standby(bench& on) {
  waits_for_no_standby(on, "ghost");
  const bool cancelled = on_a_waiting_session(on, "pg_cancel_backend");
  const bool ended = on_a_waiting_session(on, "pg_terminate_backend");
  waits_for_no_standby(on, "");
  on.expect(cancelled && ended, "no commit waited for the standby");
  on.saw("a wait cancelled (the server says OK, with a warning), and a session ended while it waited");
}

// The owner stops while its transaction is open at the server, and holds its locks.
void owner_frozen_inside(bench& on) {
  gate_before_commit gate(on);
  const auto held = gate.shut_before();
  on.expect(!held.empty(), "no transaction stood before COMMIT");
  const auto node = on.any_node();
  const auto shards = on.nodes().shards_of(node);
  on.nodes().pause(node);
  bench::pass(500);
  gate.open();
  const auto begin = clock::now();
  on.serve_again(on.nodes().name(node) + " frozen, its transaction let go", shards, begin);
  on.nodes().wake(node);
  on.expect_replaced(node, "was frozen inside its transaction");
}

} // namespace

std::vector<fault> faults_of_commits() {
  return {{"F07", "a connection is lost inside COMMIT",
           "appends are held inside COMMIT by a deferred trigger; connections are reset, then a session is ended",
           "both outcomes occur, committed and aborted; never two effects, never an answer that is not so", true,
           reset_inside_commit},
          {"F07", "an append comes late",
           "its connection is reset, its node finds out that nothing is stored and goes on, then it arrives",
           "it is fenced and stores nothing", true, append_comes_late},
          {"F08", "a commit the standby does not have",
           "a synchronous standby that is not there; one wait is cancelled, one session ended",
           "a warning is no acknowledgement; the outcome is found out", true, without_its_standby},
          {"F27", "an owner freezes inside an open transaction",
           "appends are held inside COMMIT, their node is stopped, the transaction is let go",
           "the take-over waits for the transaction and no longer", true, owner_frozen_inside}};
}

} // namespace drill
