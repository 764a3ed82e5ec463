// An aggregate that can be made to die, as of a bug that nobody could expect.
#pragma once

#include "actors/aggregate_type.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stele::simulated {

/// Another aggregate with one command more: its actor dies of it, with the state it was given.
class mortal_aggregate final : public aggregate_type {
public:
  static constexpr std::string_view deadly = "die_of_a_bug";

  explicit mortal_aggregate(std::shared_ptr<const aggregate_type> inner) : inner_(std::move(inner)) {}

  std::string_view name() const override { return inner_->name(); }
  std::vector<std::string> command_types() const override {
    std::vector<std::string> types = inner_->command_types();
    types.emplace_back(deadly);
    return types;
  }
  std::vector<std::string> event_types() const override { return inner_->event_types(); }
  std::unique_ptr<any_state> initial() const override { return inner_->initial(); }

  std::variant<std::unique_ptr<any_command>, refusal> decode(std::string_view type,
                                                             std::string_view body) const override {
    if (type == deadly) return std::unique_ptr<any_command>(std::make_unique<deadly_command>());
    return inner_->decode(type, body);
  }
  decided decide(any_state& state, const any_command& it) const override {
    if (dynamic_cast<const deadly_command*>(&it) != nullptr) throw deadly_command{};
    return inner_->decide(state, it);
  }
  stored<done> evolve(any_state& state, const recorded_event& event) const override {
    return inner_->evolve(state, event);
  }
  std::string encode(const any_state& state) const override { return inner_->encode(state); }
  std::unique_ptr<any_state> decode_state(std::string_view json) const override { return inner_->decode_state(json); }
  std::uint64_t description_hash() const override { return inner_->description_hash(); }
  std::size_t footprint(const any_state& state) const override { return inner_->footprint(state); }

private:
  struct deadly_command final : any_command {};

  std::shared_ptr<const aggregate_type> inner_;
};

} // namespace stele::simulated
