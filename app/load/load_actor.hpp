// A client of a load as an actor: sends what is due, keeps its model, and has every answer judged.
#pragma once

#include "app/admin/findings.hpp"
#include "app/load/client_model.hpp"
#include "app/load/history_file.hpp"
#include "app/load/in_flight_gate.hpp"
#include "app/load/recorder.hpp"
#include "app/load/target.hpp"
#include "app/load/zipf.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <atomic>
#include <memory>
#include <mutex>

namespace stele::load {

/// The steady clock all times of a load are of, in nanoseconds.
std::int64_t now_ns();

/// What all clients of a load share. Safe from any thread.
struct load_desk {
  load_desk(target& node, history_file& file, std::size_t in_flight_max, std::size_t slots, double exponent)
      : to(node), history(file), gate(in_flight_max), own_slots(slots, exponent) {}

  target& to; ///< Like the file not touched any more once `alive` is empty.
  history_file& history;
  recorder notes;
  in_flight_gate gate; ///< Operations of an open loop, callers of a closed one, clients that prepare or check.
  in_flight_gate alive{~std::size_t{0}}; ///< The clients.
  zipf own_slots;                        ///< How a client of a closed loop chooses.
  std::atomic<std::uint64_t> orders_checked{0}, unresolved{0}, operations{0};

  void found(const wrong& it);
  bool any_wrong() const { return any_wrong_; }
  const admin::findings& findings() const { return findings_; } ///< Once the clients are done.

private:
  std::mutex mutex_;
  admin::findings findings_;
  std::atomic<bool> any_wrong_{false};
};

// What a client is told. The gate was entered for each; the client leaves it.

/// An operation of the schedule is due.
struct due {
  std::int64_t intended_ns = 0;
  std::size_t slot = 0;
};
struct prepare {}; ///< Create the first order of each slot.
struct call {      ///< So many callers, each one operation after the other. Each entered the gate.
  std::size_t callers = 1;
};
struct hang_up {}; ///< The callers of `call` end.
struct check {};   ///< Look everything up and compare.

/// Itself, from the target.
struct answered {
  std::uint64_t number = 0;
  answer what;
  std::int64_t completed_ns = 0;
};

class load_actor : public caf::event_based_actor {
public:
  load_actor(caf::actor_config& config, std::shared_ptr<load_desk> desk, client_settings settings);
  const char* name() const override { return "stele.load"; }
  caf::behavior make_behavior() override;
  void on_exit() override; ///< The history learns of what nobody answered.

private:
  enum class work { scheduled, preparing, calling, checking };

  void send(operation it, std::int64_t intended_ns);
  void prepare_next();
  void call_next();
  void check_next();
  void take(answered& it);

  const std::shared_ptr<load_desk> desk_;
  const std::uint32_t number_;
  client_model model_;
  random_words random_;
  work work_ = work::scheduled;
  std::size_t prepared_ = 0;
  bool hung_up_ = false;
};

} // namespace stele::load

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::prepare)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::hang_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stele::load::answered)
