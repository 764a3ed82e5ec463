// What one node of a simulated cluster sees of the database: its connections, which may freeze, break and lose replies.
#pragma once

#include "persistence/snapshot_store.hpp"
#include "tests/kit/simulated_database.hpp"

namespace stele::kit {

/// How often a statement's reply is lost: one in so many, 0: never. Then it may have run, may run late, or never.
struct session_faults {
  std::size_t lost_append = 0, lost_write = 0, lost_read = 0, lost_rows = 0;
  std::size_t late_steps = 30;  ///< How late it may run.
  std::size_t slow_rows = 0;    ///< How long a write of rows may take, of which nothing is lost.
  std::size_t slow_reads = 0;   ///< How long a read may take before it sees anything.
  std::size_t slow_appends = 0; ///< How long an append may take from its beginning to its end.
  std::size_t lost_tables = 0;  ///< As `lost_rows`, of the statements that make, swap and drop tables.
};

/// A frozen session keeps what is asked and what is answered until it thaws; a dead one drops it.
class simulated_session final : public event_store, public membership_store, public snapshot_store {
public:
  simulated_session(simulated_database& database, const std::string& name, std::uint32_t lanes, std::int64_t lease_ms)
      : db_(database), sim_(database.sim), me_(database.join(name, lanes, lease_ms)), lanes_(lanes) {
    identity_.shards = static_cast<std::uint32_t>(database.owners.size());
    identity_.lanes = lanes;
    identity_.history = simulated_database::history();
  }

  session_faults faults;

  void freeze() { frozen_ = true; }
  void thaw() {
    frozen_ = false;
    for (auto& it : std::exchange(held_, {})) sim_.later(std::move(it));
  }
  bool is_frozen() const { return frozen_; }

  /// The connection on which it keeps its lease stalls, as one does behind a dead router: its statements about members
  /// wait, while those about events and rows go on as if nothing were.
  void stall() { stalled_ = true; }
  void flow() {
    stalled_ = false;
    for (auto& it : std::exchange(waiting_, {})) it();
  }
  bool is_stalled() const { return stalled_; }

  void die() { *alive_ = false; }

  /// What leaves the process: at once, when it thaws, or never.
  void say(std::function<void()> what) {
    if (!*alive_) return;
    if (frozen_) return held_.push_back(std::move(what));
    what();
  }

  /// A statement that reads; its reply may be lost.
  template <class T, class Statement>
  void read(reply_to<T> reply, Statement statement) {
    pass([this, reply = std::move(reply), statement = std::move(statement)] {
      const auto run = [this, reply, statement] {
        auto outcome = db_.away || sim_.one_in(faults.lost_read)
                           ? stored<T>(store_error{store_fault::unavailable, "away"})
                           : stored<T>(statement());
        pass([reply, outcome = std::move(outcome)] { reply(outcome); });
      };
      run_late(run, faults.slow_reads == 0 ? 0 : sim_.below(faults.slow_reads));
    });
  }

  /// One that writes. What was sent runs even if its sender has died since; one in `loss` replies is lost. `begins` is
  /// called when it reaches the database, `statement` when it takes effect.
  template <class T, class Statement>
  void write(
      std::size_t loss, reply_to<T> reply, Statement statement, std::size_t slow = 0,
      std::function<void()> begins = [] {}) {
    pass([this, loss, slow, reply = std::move(reply), statement = std::move(statement), begins = std::move(begins)] {
      if (db_.away) return pass([reply] { reply(store_error{store_fault::unknown, "the database is away"}); });
      begins();
      if (!sim_.one_in(loss)) {
        const auto run = [this, reply, statement] {
          stored<T> outcome = statement();
          pass([reply, outcome = std::move(outcome)] { reply(outcome); });
        };
        return run_late(run, 1 + (slow == 0 ? 0 : sim_.below(slow)));
      }
      if (sim_.one_in(2)) run_late(statement, sim_.below(faults.late_steps));
      pass([reply] { reply(store_error{store_fault::unknown, "the connection was lost"}); });
    });
  }

  // The log.
  const store_identity& identity() const override { return identity_; }

  void append(std::uint32_t lane, event_batch events, reply_to<done> reply) override {
    ++db_.outstanding[me_].appends;
    const auto places = std::make_shared<simulated_order::open_append>(db_.order);
    write<done>(
        faults.lost_append,
        [this, reply = std::move(reply)](stored<done> how) {
          --db_.outstanding[me_].appends;
          reply(std::move(how));
        },
        [this, lane, events, places, epoch = lanes_[lane].epoch]() -> stored<done> {
          auto how = db_.append(me_, lane, epoch, *events, *places);
          places->end();
          const bool no_row = !how && how.error().fault == store_fault::fenced;
          return no_row && STELE_SABOTAGE(row_count_of_appends_ignored) ? stored<done>(done{}) : how;
        },
        faults.slow_appends, [places] { places->begin(); });
  }

  void fence(std::uint32_t lane, reply_to<done> reply) override {
    sim_.record.saw(rare::answers_fenced_first);
    read<done>(std::move(reply), [this, lane, epoch = lanes_[lane].epoch]() -> stored<done> {
      if (db_.holds(me_, lane, epoch) || STELE_SABOTAGE(fence_of_answers_dropped)) return done{};
      sim_.record.saw(rare::fenced_answers);
      db_.told(me_, "is fenced: what it decided without events is not answered");
      return simulated_database::fenced();
    });
  }

  /// The bump to a number computed once, and the look. A bump whose reply is lost may run late.
  void resolve(std::uint32_t lane, event_batch events, reply_to<bool> reply) override {
    lane_state& state = lanes_[lane];
    if (!state.bumped) state.bumped = state.epoch + 1;
    ++db_.outstanding[me_].resolves;
    write<bool>(
        faults.lost_write,
        [this, &state, to = *state.bumped, reply = std::move(reply)](stored<bool> found) {
          --db_.outstanding[me_].resolves;
          if (!found && found.error().fault == store_fault::unknown)
            found = store_error{store_fault::unavailable, "away"};
          if (found) state = {STELE_SABOTAGE(resolve_without_bump) ? state.epoch : to, {}};
          reply(std::move(found));
        },
        [this, lane, events, to = *state.bumped] { return bump_and_look(lane, to, events->front()); });
  }

  void open_shards(std::vector<shard_number> shards, reply_to<std::vector<shard_position>> reply) override {
    read<std::vector<shard_position>>(std::move(reply), [this, shards = std::move(shards)] {
      std::vector<shard_position> heads;
      for (const shard_number shard : shards) heads.push_back(db_.log[shard].size());
      return heads;
    });
  }

  void heads(reply_to<std::vector<shard_position>> reply) override {
    read<std::vector<shard_position>>(std::move(reply), [this] {
      std::vector<shard_position> found;
      for (const auto& shard : db_.log) found.push_back(shard.size());
      return found;
    });
  }

  void recover(std::string stream_id, std::size_t limit, reply_to<recovered_stream> reply) override {
    read<recovered_stream>(std::move(reply), [this, stream_id, limit] {
      recovered_stream found;
      if (const auto kept = db_.snapshots.find(stream_id); kept != db_.snapshots.end()) {
        found.base = kept->second;
        sim_.record.saw(rare::loaded_from_snapshot);
      }
      found.tail = after(stream_id, found.base ? found.base->version : 0, limit);
      found.more = found.tail.size() == limit;
      return found;
    });
  }

  void read_stream(std::string stream_id, stream_version version, std::size_t limit,
                   reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(std::move(reply),
                                      [this, stream_id, version, limit] { return after(stream_id, version, limit); });
  }

  void find_command(std::string stream_id, uuid command_id, reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(std::move(reply), [this, stream_id, command_id] {
      std::vector<recorded_event> found;
      for (const recorded_event& event : db_.streams[stream_id])
        if (event.command_id == command_id) found.push_back(event);
      return found;
    });
  }

  void read_shard(shard_number shard, shard_position position, std::size_t limit,
                  reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(
        std::move(reply), [this, shard, position, limit] { return part_of(db_.log[shard], position, limit); });
  }
  void read_all(std::uint64_t position, std::size_t limit, reply_to<std::vector<recorded_event>> reply) override {
    read<std::vector<recorded_event>>(std::move(reply), [this, position, limit] {
      if (db_.order.holds_back()) sim_.record.saw(rare::order_held_back);
      std::vector<recorded_event> found;
      for (const auto& at : db_.order.shown(position, limit)) found.push_back(db_.log[at.shard][at.position - 1]);
      return found;
    });
  }

  // Snapshots: losing one is no fault.
  void save_snapshot(snapshot it, reply_to<done> reply) override {
    write<done>(faults.lost_write, std::move(reply), [this, it = std::move(it)]() -> stored<done> {
      db_.snapshots[it.stream_id] = it;
      return done{};
    });
  }
  void drop_snapshot(std::string stream_id, reply_to<done> reply) override {
    write<done>(faults.lost_write, std::move(reply), [this, stream_id]() -> stored<done> {
      db_.snapshots.erase(stream_id);
      return done{};
    });
  }
  void read_snapshots(std::string, std::size_t, reply_to<std::vector<snapshot>> reply) override {
    reply(std::vector<snapshot>{});
  }

  // The members.
  node_number me() const override { return me_; }
  void renew(reply_to<std::uint64_t> reply) override {
    write_member<std::uint64_t>(std::move(reply), [this] { return db_.renew(me_); });
  }
  void read_view(reply_to<cluster_view> reply) override {
    on_member_line([this, reply = std::move(reply)] { read<cluster_view>(reply, [this] { return db_.view(); }); });
  }
  void announce(member_addresses at, reply_to<done> reply) override {
    write_member<done>(std::move(reply), [this, at]() -> stored<done> {
      if (db_.is_dead(me_)) return simulated_database::fenced();
      db_.members[me_].it.at = at;
      return done{};
    });
  }
  void activate(reply_to<done> reply) override {
    write_member<done>(std::move(reply), [this] { return db_.activate(me_); });
  }
  void claim(reply_to<std::uint32_t> reply) override {
    write_member<std::uint32_t>(std::move(reply), [this] { return db_.claim(me_); });
  }
  void take_over(node_number victim, bool gone, reply_to<bool> reply) override {
    write_member<bool>(std::move(reply), [this, victim, gone] { return db_.take_over(me_, victim, gone); });
  }
  void give(shard_number shard, std::uint64_t epoch, node_number to,
            reply_to<std::optional<std::uint64_t>> reply) override {
    write_member<std::optional<std::uint64_t>>(std::move(reply), [this, shard, epoch, to] {
      if (db_.owners[shard].node == me_ && db_.owners[shard].epoch > epoch) sim_.record.saw(rare::late_give);
      return db_.give(me_, shard, epoch, to);
    });
  }
  void keep(shard_number shard, std::uint64_t epoch, reply_to<done> reply) override {
    write_member<done>(std::move(reply), [this, shard, epoch] { return db_.keep(me_, shard, epoch); });
  }
  void leave(reply_to<std::uint32_t> reply) override {
    write_member<std::uint32_t>(std::move(reply), [this] { return db_.leave(me_); });
  }
  void leave_last(reply_to<done> reply) override {
    write_member<done>(std::move(reply), [this]() -> stored<done> {
      for (shard_owner& it : db_.owners)
        if (it.node == me_) it = {0, it.epoch + 1};
      return db_.leave(me_) ? stored<done>(done{}) : stored<done>(simulated_database::fenced());
    });
  }

private:
  struct lane_state {
    std::uint64_t epoch = 1;
    std::optional<std::uint64_t> bumped;
  };

  template <class T, class Statement>
  void write_member(reply_to<T> reply, Statement statement) {
    on_member_line([this, reply = std::move(reply), statement = std::move(statement)] {
      write<T>(faults.lost_write, reply, statement);
    });
  }

  void on_member_line(std::function<void()> what) {
    if (stalled_) return waiting_.push_back(std::move(what));
    what();
  }

  stored<bool> bump_and_look(std::uint32_t lane, std::uint64_t to, const recorded_event& first) {
    const auto row = db_.lanes.find({me_, lane});
    const bool lives = row != db_.lanes.end() && (row->second <= to || STELE_SABOTAGE(bump_adds_one));
    if (lives && STELE_SABOTAGE(bump_adds_one))
      ++row->second;
    else if (lives && !STELE_SABOTAGE(resolve_without_bump))
      row->second = to;
    const bool there = db_.is_stored(first);
    db_.told(me_, there ? "finds its append stored" : "finds its append not stored", first.shard);
    if (!lives && !there) return simulated_database::fenced();
    if (there) sim_.record.saw(lives ? rare::found_stored : rare::found_stored_when_dead);
    if (!there) sim_.record.saw(rare::found_not_stored);
    return there;
  }

  /// What goes in and out of the process, now or when it thaws.
  void pass(std::function<void()> what) {
    sim_.later([this, alive = alive_, what = std::move(what)] {
      if (!*alive) return;
      if (frozen_) return held_.push_back(what);
      what();
    });
  }

  void run_late(std::function<void()> statement, std::size_t steps) {
    if (steps == 0) return statement();
    sim_.later([this, statement = std::move(statement), steps] { run_late(statement, steps - 1); });
  }

  std::vector<recorded_event> after(const std::string& stream_id, stream_version version, std::size_t limit) {
    return part_of(db_.streams[stream_id], version, limit);
  }

  static std::vector<recorded_event> part_of(const std::vector<recorded_event>& events, std::size_t after,
                                             std::size_t limit) {
    const std::size_t from = std::min(after, events.size()), count = std::min(limit, events.size() - from);
    const auto first = events.begin() + static_cast<std::ptrdiff_t>(from);
    return {first, first + static_cast<std::ptrdiff_t>(count)};
  }

  simulated_database& db_;
  simulation& sim_;
  const node_number me_;
  store_identity identity_;
  std::vector<lane_state> lanes_;
  bool frozen_ = false, stalled_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::vector<std::function<void()>> held_, waiting_;
};

} // namespace stele::kit
