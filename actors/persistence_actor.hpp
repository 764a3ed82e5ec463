// One lane: the only writer of its shards. Collects decisions while the disk is busy, and appends them as one batch.
#pragma once

#include "actors/lane_queue.hpp"
#include "actors/write_context.hpp"
#include "actors/write_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <memory>
#include <vector>

namespace stele {

/// The actor of one lane.
///
/// Has at most one statement out, and tells each aggregate of a batch how it ended. It answers no command: only the
/// aggregate does, so that each is answered once. After a loss it drops, unseen by anyone, all that was decided on what
/// was lost: those aggregates have been told and have answered.
class persistence_actor final : public caf::event_based_actor {
public:
  persistence_actor(caf::actor_config& config, write_context_ptr context, std::uint32_t lane);

  const char* name() const override { return "lane"; }
  void on_exit() override;

protected:
  caf::behavior make_behavior() override;

private:
  enum class phase : std::uint8_t {
    opening,    ///< The heads are being read: at the start, and when memory has proven wrong.
    idle,       ///< Nothing is out.
    committing, ///< One append, or one fence, is out.
    resolving,  ///< Nobody knows yet whether the last append happened; nothing is sent until somebody does.
    dead        ///< Fenced. For good.
  };

  void take_decisions();
  void take(submission_ptr it);
  void hear_of_arrival(shard_number shard);
  void hear(const heads_read& answer);
  void hear(const lane_barrier& it);
  void hear(const batch_ended& answer);
  void hear(const batch_resolved& answer);
  void hear(const lane_retry& it);

  // Batches.
  void start_batch();
  void send_batch();
  void committed();
  void lost(const store_error& why);

  // Unknown outcomes, fences, heads.
  void read_heads();
  void resolve();
  void retry_later();
  void die(const store_error& why);
  void open_barriers();

  void notify(const std::vector<submission_ptr>& of, lane_notice::verdict how, std::shared_ptr<const refusal> why);
  node_counters& counters() const { return context_->parts.counters; }

  write_context_ptr context_;
  const std::uint32_t lane_;
  phase phase_ = phase::opening;
  bool opened_ = false, failing_ = false;
  std::vector<submission_ptr> come_; ///< Taken out of the inbox.
  lane_queue waiting_;
  lane_batch batch_; ///< What is out.
  std::vector<lane_barrier> barriers_;
  std::uint64_t round_ = 0;   ///< Of the last question; answers to older ones are void.
  std::uint64_t notices_ = 0; ///< Rounds of notices.
  std::int64_t sent_us_ = 0, pause_ms_ = 0;
};

} // namespace stele
