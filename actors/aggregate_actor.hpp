// One aggregate: its commands one by one, decided on tentative state, answered when the disk has them.
#pragma once

#include "actors/aggregate_memory.hpp"
#include "actors/fifo.hpp"
#include "actors/write_context.hpp"
#include "actors/write_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>
#include <string>

namespace stele {

/// The actor of one stream.
///
/// Decides each command on the state all earlier ones lead to, durable or not, and hands the decision to its lane:
/// events, rejections and "nothing to change" alike, since none may be answered before the lane has proven that this
/// node still owns the stream. Answers leave in the order of the decisions, on the lane's notice. When the lane reports
/// a loss, all that was decided since is answered "no effect", the state is dropped, and the stream is loaded anew.
///
/// Answered at once, in no order: what was never decided (shed, past its deadline, malformed) and repeats of durable
/// commands, which are facts. There are many of these actors: what only a busy one needs lies in `work`.
class aggregate_actor final : public caf::event_based_actor {
public:
  aggregate_actor(caf::actor_config& config, write_context_ptr context, live_stream_ptr stream);

  const char* name() const override { return "aggregate"; }
  void on_exit() override;

protected:
  caf::behavior make_behavior() override;

private:
  enum class phase : std::uint8_t {
    asleep,     ///< No state; the first command loads it.
    loading,    ///< The stream is being read.
    ready,      ///< Commands are decided as they come.
    looking_up, ///< One command waits for the store to say whether it was done before; the others wait behind it.
    clearing    ///< The state is spoilt: once nothing is pending, it is loaded anew.
  };

  /// A snapshot of a tentative version: saved once that version is durable.
  struct held_snapshot {
    snapshot taken;
    command_window window;
  };

  /// What only a busy aggregate needs.
  struct work {
    fifo<command_ptr> stash;      ///< Not decided yet.
    fifo<submission_ptr> pending; ///< Decided, not answered yet.
    command_ptr looked_up;
    std::unique_ptr<held_snapshot> held;
    std::size_t folded = 0; ///< Events of the load under way.

    bool idle() const { return stash.empty() && pending.empty() && !looked_up && !held; }
  };

  /// Why the stream can't be loaded, and when it is tried again.
  struct trouble {
    std::string reason;
    std::int64_t retry_at_us = 0, pause_ms = 0;
  };

  void take_mail(const aggregate_mail& mail);
  void hear(const command_ptr& it);
  void hear(const lane_notice& notice);
  void hear(const stream_recovered& answer);
  void hear(const stream_page& answer);
  void hear(const command_found& answer);
  void hear(const retire& it);
  bool may_go() const { return !work_ && phase_ != phase::loading; }
  void go();

  // Deciding.
  void take(const command_ptr& it);
  bool is_shed(command& it) const;
  std::unique_ptr<any_command> decode(command& it) const;
  void repeat(const command_ptr& it, const uuid& digest, const remembered_command& known);
  submission_ptr pending_of(const uuid& command_id) const;
  void look_up(const command_ptr& it);
  void decide(const command_ptr& it, const any_command& decoded);
  void record(const command_ptr& it, const uuid& digest, std::vector<decided_event> events);
  void submit(submission_ptr it);
  submission_ptr submission_of(const command_ptr& it, command_outcome outcome) const;
  void spoil(const command_ptr& it, const std::string& why);

  // Answering.
  void committed(const submission_ptr& last);
  void confirm(submission& it);
  void lost(const refusal& why);
  void tell_overdue();

  // Loading.
  void wake();
  void load();
  void read_page();
  bool replay(const std::vector<recorded_event>& events);
  void loaded();
  void load_failed(const store_error& error);
  void refuse_stash(refusal_kind kind, const std::string& code, const std::string& message);
  void work_off_stash();

  // Snapshots.
  void hold_snapshot();
  void save(snapshot it);
  void save_held();

  work& busy();
  bool has_pending() const { return work_ && !work_->pending.empty(); }
  void forget();
  void publish_bytes();
  const aggregate_type& type() const { return stream_->type; }
  const actor_settings& settings() const { return context_->parts.settings; }

  write_context_ptr context_;
  live_stream_ptr stream_;
  aggregate_memory memory_;
  std::unique_ptr<work> work_;
  std::unique_ptr<trouble> trouble_;
  std::uint32_t generation_ = 1; ///< Of the tentative state; submissions carry it.
  std::uint32_t ticket_ = 0;     ///< Of the last question to the store; answers to older ones are void.
  phase phase_ = phase::asleep;
  bool retired_ = false;
  bool told_to_go_ = false; ///< As soon as there is nothing to do.
};

} // namespace stele
