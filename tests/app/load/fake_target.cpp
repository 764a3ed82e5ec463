#include "tests/app/load/fake_target.hpp"

#include "domain/order.hpp"
#include "persistence/codec.hpp"

#include <stdexcept>

namespace stele::load {

namespace {

answer refused(refusal_kind kind, const char* code) {
  answer out;
  out.refused = refusal{kind, code, "by the fake node", {}};
  return out;
}

template <class Command>
Command read(const operation& it) {
  Command out;
  if (const auto problem = decode_strict(it.body, out)) throw std::logic_error(it.body + to_string(*problem));
  return out;
}

} // namespace

bool fake_target::strikes(unsigned each, const char* what) { return each != 0 && ++counts_[what] % each == 0; }

void fake_target::send(const operation& it, std::function<void(answer)> done) {
  answer out;
  {
    const std::lock_guard lock(mutex_);
    out = !it.command.empty() ? command(it) : !it.order_id.empty() ? look_up(it) : list(it);
  }
  done(std::move(out));
}

answer fake_target::command(const operation& it) {
  if (const auto found = done_.find(it.key); found != done_.end()) {
    auto again = found->second;
    again.repeated = true;
    const bool add = it.command == "add_order_item";
    if (add && strikes(how_.repeat_retry, "repeat_retry")) return apply(it);
    if (add && strikes(how_.repeat_quietly, "repeat_quietly")) apply(it);
    return again;
  }
  if (strikes(how_.refuse, "refuse")) return refused(refusal_kind::rejected, "already_shipped");
  if (strikes(how_.shed, "shed")) return refused(refusal_kind::overloaded, "shed");
  if (strikes(how_.unknown_not_done, "not_done")) return refused(refusal_kind::outcome_unknown, "timeout");
  const auto done = apply(it);
  if (done.refused) return done;
  done_[it.key] = done;
  return strikes(how_.unknown_done, "done") ? refused(refusal_kind::outcome_unknown, "timeout") : done;
}

answer fake_target::apply(const operation& it) {
  auto& order = orders_[it.order_id];
  auto row = order.now;
  if (it.command != "create_order" && row.status != order_view::status::pending)
    return refused(refusal_kind::rejected, "already_ended");
  const order_view::row before = row;
  const stele::envelope at{it.order_id, row.version + 1, {}};
  if (it.command == "create_order") {
    const auto create = read<order::create_order>(it);
    row = project(row, order::order_created{create.customer_id, create.items, create.shipping_address}, at);
    row.order_id = it.order_id;
  } else if (it.command == "add_order_item") {
    const auto add = read<order::add_order_item>(it);
    row = project(row, order::order_item_added{add.product_id, add.quantity, add.price}, at);
  } else if (it.command == "cancel_order") {
    row = project(row, order::order_cancelled{}, at);
  } else {
    row = project(row, order::order_shipped{}, at);
  }
  answer out;
  out.version = row.version;
  out.shard = 3;
  out.position = ++position_;
  out.repeated = false;
  out.at = make_token(hash_to_uuid("fake"), out.shard, out.position);
  const bool lost = (it.command == "add_order_item" && strikes(how_.lose_add, "lose_add")) ||
                    (it.command == "create_order" && strikes(how_.lose_create, "lose_create"));
  if (!lost) order = {row, before};
  return out;
}

answer fake_target::look_up(const operation& it) {
  answer out;
  const auto found = orders_.find(it.order_id);
  if (found == orders_.end() || found->second.now.version == 0) return out;
  auto row = found->second.now;
  if (found->second.before.version > 0) {
    if (strikes(how_.old_row, "old_row")) row = found->second.before;
    if (strikes(how_.old_row_marked, "old_row_marked")) {
      row = found->second.before;
      out.stale = true;
    }
  }
  if (strikes(how_.wrong_total, "wrong_total")) row.total_amount = row.total_amount + cents(1);
  out.rows.push_back(std::move(row));
  return out;
}

answer fake_target::list(const operation& it) {
  answer out;
  for (const auto& [id, order] : orders_) {
    if (order.now.version == 0) continue;
    const bool match = it.text.empty() ? order.now.customer_id == it.customer_id : id == it.text;
    if (match && ++out.total <= page_size) out.rows.push_back(order.now);
  }
  if (out.total > 0 && strikes(how_.drop_from_list, "drop_from_list")) --out.total;
  return out;
}

} // namespace stele::load
