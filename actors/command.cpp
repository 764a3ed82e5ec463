#include "actors/command.hpp"

#include "actors/admission.hpp"

#include <utility>

namespace stele {

command::~command() {
  if (admitted)
    refuse(*this, refusal_kind::outcome_unknown, "outcome_unknown",
           "The node stopped before this command was answered; send it again with the same command id.");
}

namespace {

/// What one attempt was refused for says nothing of an earlier one that may still happen.
bool is_in_doubt(const command& it, const command_outcome& outcome) {
  const auto* why = std::get_if<refusal>(&outcome);
  return it.perhaps_done && why && why->kind != refusal_kind::key_reused && why->kind != refusal_kind::outcome_unknown;
}

} // namespace

void settle(command& it, const command_outcome& outcome) {
  if (is_in_doubt(it, outcome))
    return refuse(
        it, refusal_kind::outcome_unknown, "outcome_unknown",
        "The node that had this command was lost before it answered; send it again with the same command id.");
  const auto answer = std::exchange(it.answer, nullptr);
  admission* const admitted = std::exchange(it.admitted, nullptr);
  if (admitted) admitted->record(it, outcome);
  if (answer) answer(outcome);
  if (admitted) admitted->leave();
}

void refuse(command& it, refusal_kind kind, std::string code, std::string message) {
  settle(it, refusal{kind, std::move(code), std::move(message), {}});
}

} // namespace stele
