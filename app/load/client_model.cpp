#include "app/load/client_model.hpp"

#include "app/load/command_bodies.hpp"

#include <algorithm>

namespace stele::load {

namespace {

constexpr std::size_t recent_max = 16, bounds_max = 64;

} // namespace

client_model::client_model(client_settings settings)
    : settings_(std::move(settings)), random_(settings_.seed + settings_.number * 0x632be59bd9b4e019u),
      ids_(std::hash<std::string>{}(settings_.run) + settings_.number * 0x632be59bd9b4e019u),
      customer_(settings_.run + "-c" + std::to_string(settings_.number)),
      slots_(std::max<std::size_t>(settings_.slots, 1)) {}

operation client_model::next(std::size_t slot, unix_ms unix_now) {
  auto kind = settings_.kinds.choose(random_.next());
  if (settings_.hot && (kind == op_kind::create || kind == op_kind::cancel || kind == op_kind::ship))
    kind = op_kind::add;
  if (kind == op_kind::retry)
    if (auto again = retry()) return std::move(*again);
  const auto& order = slots_[slot % slots_.size()];
  if (kind == op_kind::list || kind == op_kind::list_token) return list(kind);
  if (!order) return create(slot, unix_now);
  if (kind == op_kind::search) return search(order);
  if (kind <= op_kind::ship) return command(slot, kind, unix_now);
  return look_up(order, kind == op_kind::retry ? op_kind::look_up : kind);
}

// A command to an order that is not there yet becomes a look-up; one to an order that ended begins the next order.
operation client_model::command(std::size_t slot, op_kind kind, unix_ms unix_now) {
  auto& order = slots_[slot % slots_.size()];
  const bool over = order->failed() || order->ending() || order->commands() >= settings_.commands_max;
  if (kind == op_kind::create || over) return create(slot, unix_now);
  if (!order->known()) return look_up(order, op_kind::look_up);
  auto it = std::make_shared<sent_command>();
  it->order = order;
  it->what.kind = kind;
  it->what.order_id = order->id();
  it->what.customer_id = customer_;
  it->what.key = make_uuid_v7(unix_now, ids_.next(), ids_.next());
  if (kind == op_kind::add) {
    const auto line = random_line(random_);
    it->effect.cents = line.cents();
    it->what.command = "add_order_item";
    it->what.body = line.json();
  } else {
    const bool cancel = kind == op_kind::cancel;
    it->effect.ended = cancel ? order_view::status::cancelled : order_view::status::shipped;
    it->what.command = cancel ? "cancel_order" : "ship_order";
    it->what.body = cancel ? R"({"reason":"load"})" : "{}";
  }
  order->sent(it->effect);
  return send_command(std::move(it));
}

operation client_model::create(std::size_t slot, unix_ms unix_now) {
  auto& order = slots_[slot % slots_.size()];
  if (order) remember(order);
  std::vector<order_line> lines(1 + random_.below(3));
  for (auto& each : lines) each = random_line(random_);
  std::int64_t cents = 0;
  for (const auto& each : lines) cents += each.cents();
  auto it = std::make_shared<sent_command>();
  it->what.kind = op_kind::create;
  it->what.order_id = settings_.run + '-' + std::to_string(settings_.number) + '.' + std::to_string(++made_);
  it->what.customer_id = customer_;
  it->what.command = "create_order";
  it->what.body = create_body(customer_, lines);
  it->what.key = make_uuid_v7(unix_now, ids_.next(), ids_.next());
  order = std::make_shared<order_model>(it->what.order_id, customer_, static_cast<std::int64_t>(lines.size()), cents);
  it->order = order;
  orders_.emplace(order->id(), order);
  return send_command(std::move(it));
}

// Orders made way for stay known for a while: they are looked up at the end.
void client_model::remember(const order_ptr& order) {
  former_.push_back(order);
  if (former_.size() <= settings_.kept_max) return;
  const auto gone = former_.begin() + static_cast<std::ptrdiff_t>(random_.below(former_.size() - 1));
  orders_.erase((*gone)->id());
  former_.erase(gone);
}

operation client_model::send_command(command_ptr it) {
  recent_.push_back(it);
  if (recent_.size() > recent_max) recent_.pop_front();
  ++it->attempts;
  it->what.number = last_number_ + 1;
  pending out;
  out.what = it->what;
  out.at_least = it->order->seen();
  out.command = std::move(it);
  return start(std::move(out));
}

std::optional<operation> client_model::retry() {
  if (recent_.empty()) return std::nullopt;
  const auto it = recent_[random_.below(recent_.size())];
  if (it->dead) return std::nullopt;
  ++it->attempts;
  pending out;
  out.what = it->what;
  out.what.kind = op_kind::retry;
  out.command = it;
  return start(std::move(out));
}

operation client_model::look_up(const order_ptr& order, op_kind kind) {
  pending out;
  out.what.kind = kind;
  out.what.order_id = order->id();
  if (kind == op_kind::look_up_token) out.what.after = order->written;
  out.order = order;
  // Without a token a look-up is answered at the committed head, which no version ever seen is above.
  out.at_least = kind == op_kind::look_up ? order->seen() : order->acknowledged_upto();
  return start(std::move(out));
}

operation client_model::list(op_kind kind) {
  pending out;
  out.what.kind = kind;
  out.what.customer_id = customer_;
  if (kind == op_kind::list_token) {
    out.what.after = written_;
    out.orders_at_least = created_;
    for (const auto& order : slots_)
      if (order && out.rows_at_least.size() < bounds_max)
        out.rows_at_least.emplace(order->id(), order->acknowledged_upto());
  }
  return start(std::move(out));
}

operation client_model::search(const order_ptr& order) {
  pending out;
  out.what.kind = op_kind::search;
  out.what.text = order->id();
  return start(std::move(out));
}

operation client_model::start(pending it) {
  it.what.number = ++last_number_;
  const auto sent = it.what;
  under_way_.emplace(sent.number, std::move(it));
  return sent;
}

void client_model::note_times(const operation& it) {
  auto& mine = under_way_.at(it.number).what;
  mine.intended_ns = it.intended_ns;
  mine.sent_ns = it.sent_ns;
}

std::vector<operation> client_model::unanswered() const {
  std::vector<operation> all;
  for (const auto& [number, it] : under_way_) all.push_back(it.what);
  return all;
}

std::optional<operation> client_model::next_check() {
  if (!checks_) {
    checks_.emplace();
    for (const auto& [number, it] : unresolved_) checks_->push_back(it->what);
    for (const auto& [id, order] : orders_) {
      if (!order->known()) continue;
      operation what;
      what.kind = op_kind::look_up_token;
      what.order_id = id;
      checks_->push_back(std::move(what));
    }
    std::reverse(checks_->begin(), checks_->end()); // They are taken from the back.
  }
  if (checks_->empty()) return std::nullopt;
  const auto next = std::move(checks_->back());
  checks_->pop_back();
  if (next.command.empty()) {
    ++orders_checked_;
    return look_up(orders_.at(next.order_id), op_kind::look_up_token);
  }
  const auto found = unresolved_.find(next.number);
  if (found == unresolved_.end()) return next_check();
  pending out;
  out.command = found->second;
  out.what = next;
  out.what.kind = op_kind::retry;
  ++out.command->attempts;
  return start(std::move(out));
}

} // namespace stele::load
