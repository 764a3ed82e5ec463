// P1, P13, P15: tokens, held against the store and against each other.
#pragma once

#include "app/check/history.hpp"
#include "app/check/verdicts.hpp"

namespace stele::check {

/// `ends`: the last position of each shard. A token names no position the store does not have and no other history; the
/// token of an answer holds at least what the token sent with the question does.
void check_tokens(const history& told, const uuid& store, const std::vector<shard_position>& ends, verdicts& out);

} // namespace stele::check
