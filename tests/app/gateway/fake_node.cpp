#include "tests/app/gateway/fake_node.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace stele::test {

namespace {

const table_schema schema{"order_views", {{"order_id", column_type::text, false}}, {}};

} // namespace

const uuid fake_node::history = hash_to_uuid("the fake node");

token fake_node::token_of(stream_version version) { return make_token(history, 3, version); }

gateway::node_calls fake_node::calls() {
  return {[this](const command_ptr& it) { submit(it); },
          [this](const query_ptr& it) { ask(it); },
          [](const std::string&, stream_version version, const gateway::node_calls::state_reply& reply) {
            reply(state_at{version, 1000, R"({"by":"version"})"});
          },
          [](const std::string&, unix_ms at, const gateway::node_calls::state_reply& reply) {
            reply(state_at{1, at, R"({"by":"time"})"});
          },
          [](const events_request& it) {
            it.answer(event_page{{}, it.after, false});
          },
          "fake",
          "0.0.0",
          history};
}

void fake_node::hold() {
  std::lock_guard lock{mutex_};
  holding_ = true;
}

void fake_node::release() {
  std::vector<command_ptr> held;
  {
    std::lock_guard lock{mutex_};
    holding_ = false;
    held = std::exchange(held_, {});
  }
  for (const auto& it : held) it->answer(carry_out(it->command_id));
}

bool fake_node::wait_for_held(std::size_t count) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{5}, [&] { return held_.size() >= count; });
}

void fake_node::refuse_next(std::size_t count, refusal why) {
  std::lock_guard lock{mutex_};
  refusals_left_ = count;
  refusal_ = std::move(why);
}

void fake_node::answer_with(std::vector<std::string> rows) {
  std::lock_guard lock{mutex_};
  rows_ = std::move(rows);
}

void fake_node::submit(const command_ptr& it) {
  {
    std::unique_lock lock{mutex_};
    tried_.push_back(it->command_id);
    if (holding_) {
      held_.push_back(it);
      held_max_ = std::max(held_max_, held_.size());
      changed_.notify_all();
      return;
    }
    if (refusals_left_ > 0) {
      --refusals_left_;
      const auto why = refusal_;
      lock.unlock();
      return it->answer(why);
    }
  }
  it->answer(carry_out(it->command_id));
}

acceptance fake_node::carry_out(const uuid& id) {
  std::lock_guard lock{mutex_};
  const auto [place, fresh] = done_.emplace(id, done_.size() + 1);
  return {place->second, 3, place->second, true, !fresh};
}

void fake_node::ask(const query_ptr& it) {
  found_rows rows;
  {
    std::lock_guard lock{mutex_};
    asked_.push_back(it);
    for (const auto& row : rows_) rows.page.rows.push_back({row});
  }
  rows.schema = &schema;
  rows.page.total = rows.page.rows.size();
  rows.as_of.at = it->after;
  it->answer(rows);
}

std::vector<uuid> fake_node::tried() const {
  std::lock_guard lock{mutex_};
  return tried_;
}

std::size_t fake_node::done() const {
  std::lock_guard lock{mutex_};
  return done_.size();
}

std::size_t fake_node::held_max() const {
  std::lock_guard lock{mutex_};
  return held_max_;
}

std::vector<query_ptr> fake_node::asked() const {
  std::lock_guard lock{mutex_};
  return asked_;
}

} // namespace stele::test
