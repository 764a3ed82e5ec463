// A tiny aggregate written by hand, for tests of the write side: a number that must not go below zero.
#pragma once

#include "actors/aggregate_type.hpp"

#include <charconv>
#include <stdexcept>

namespace stele::kit {

struct counter_state final : any_state {
  std::int64_t value = 0;
};

struct counter_command final : any_command {
  std::string type;
  std::int64_t amount = 0;
};

/// Commands: `add` N (0: nothing to change; below zero: rejected, and the refusal's pointer says on which value),
/// `split` N (N events of 1), `fail` (throws with the state half changed). Bodies are plain integers. Event: `added`,
/// payload N.
class counter_type : public aggregate_type {
public:
  static inline const std::string poison = "poison"; ///< A payload that can't be folded.

  std::string_view name() const override { return "counter"; }
  std::vector<std::string> command_types() const override { return {"add", "split", "fail", "explode"}; }
  std::vector<std::string> event_types() const override { return {"added"}; }
  std::unique_ptr<any_state> initial() const override { return std::make_unique<counter_state>(); }

  std::variant<std::unique_ptr<any_command>, refusal> decode(std::string_view type,
                                                             std::string_view body) const override {
    auto made = std::make_unique<counter_command>();
    made->type = type;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), made->amount);
    if (error != std::errc{} || end != body.data() + body.size())
      return refusal{refusal_kind::invalid, "wrong_type", "not a number", {}};
    made->digest = hash_to_uuid(std::string(type) + " " + std::to_string(made->amount));
    return std::unique_ptr<any_command>(std::move(made));
  }

  decided decide(any_state& state, const any_command& it) const override {
    auto& value = static_cast<counter_state&>(state).value;
    const auto& command = static_cast<const counter_command&>(it);
    if (command.type == "fail") {
      value += 1'000'000;
      throw std::runtime_error("the author's mistake");
    }
    if (command.type == "explode") throw command.amount; // Nothing anyone could expect.
    if (command.amount == 0) return std::vector<decided_event>{};
    if (command.type == "split") {
      value += command.amount;
      return std::vector<decided_event>(static_cast<std::size_t>(command.amount), {"added", 1, "1"});
    }
    if (value + command.amount < 0)
      return refusal{refusal_kind::rejected, "below_zero", "The counter is too small.", std::to_string(value)};
    value += command.amount;
    return std::vector<decided_event>{{"added", 1, std::to_string(command.amount)}};
  }

  stored<done> evolve(any_state& state, const recorded_event& event) const override {
    if (event.payload == poison) return store_error{store_fault::corrupt, "a poisoned event"};
    static_cast<counter_state&>(state).value += std::stoll(event.payload);
    return done{};
  }

  std::string encode(const any_state& state) const override {
    return std::to_string(static_cast<const counter_state&>(state).value);
  }

  std::unique_ptr<any_state> decode_state(std::string_view json) const override {
    auto made = std::make_unique<counter_state>();
    const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), made->value);
    if (error != std::errc{}) return nullptr;
    return made;
  }

  std::uint64_t description_hash() const override { return hash; }
  std::size_t footprint(const any_state&) const override { return sizeof(counter_state); }

  std::uint64_t hash = 1;
};

} // namespace stele::kit
