#include "app/load/order_model.hpp"

#include <algorithm>
#include <numeric>

namespace stele::load {

namespace {

constexpr std::int64_t unknown = -1;

std::string_view name_of(order_view::status status) {
  switch (status) {
  case order_view::status::pending:
    return "pending";
  case order_view::status::shipped:
    return "shipped";
  case order_view::status::cancelled:
    break;
  }
  return "cancelled";
}

std::string amount(std::int64_t cents) {
  const auto rest = std::to_string(cents % 100);
  return std::to_string(cents / 100) + '.' + (rest.size() == 1 ? "0" : "") + rest;
}

} // namespace

order_model::order_model(std::string id, std::string customer, std::int64_t lines, std::int64_t cents)
    : id_(std::move(id)), customer_(std::move(customer)), lines_(lines), cents_at_{cents} {}

std::optional<wrong> order_model::complain(const char* kind, const std::string& what) const {
  return wrong{kind, "order " + id_ + ": " + what};
}

void order_model::sent(const order_effect& it) {
  ++sent_;
  if (it.ended)
    ending_ = it.ended;
  else
    open_cents_.push_back(it.cents);
}

void order_model::taken_back(const order_effect& it) {
  --sent_;
  if (it.ended) {
    ending_.reset();
  } else if (const auto found = std::find(open_cents_.begin(), open_cents_.end(), it.cents);
             found != open_cents_.end()) {
    *found = open_cents_.back();
    open_cents_.pop_back();
  }
}

std::optional<wrong> order_model::created(stream_version version) {
  created_ = true;
  acknowledged_ = std::max(acknowledged_, version);
  saw(version);
  if (version == 1) return std::nullopt;
  return complain("wrong_version", "its creation was acknowledged as version " + std::to_string(version));
}

std::optional<wrong> order_model::acknowledged(const order_effect& it, stream_version version, stream_version above) {
  const auto text = std::to_string(version);
  const auto count = sent_;
  if (version > count)
    return complain("two_effects", "a command was acknowledged as version " + text + ", but only " +
                                       std::to_string(count) + " commands were ever sent");
  if (version <= above)
    return complain("version_went_back", "a command was acknowledged as version " + text + ", but version " +
                                             std::to_string(above) + " had been answered before it was sent");
  if (settles(version)) return complain("version_twice", "two commands were acknowledged as version " + text);
  if (ended_at_ != 0 && version > ended_at_)
    return complain("changed_after_end", "a command was acknowledged as version " + text + ", after its end at " +
                                             std::to_string(ended_at_));
  if (cents_at_.size() < version) cents_at_.resize(version, unknown);
  cents_at_[version - 1] = it.cents;
  if (it.ended)
    ended_at_ = version;
  else if (const auto found = std::find(open_cents_.begin(), open_cents_.end(), it.cents); found != open_cents_.end()) {
    *found = open_cents_.back();
    open_cents_.pop_back();
  }
  acknowledged_ = std::max(acknowledged_, version);
  saw(version);
  return std::nullopt;
}

bool order_model::settles(stream_version version) const {
  return version <= cents_at_.size() && cents_at_[version - 1] != unknown;
}

void order_model::saw(stream_version version) { seen_ = std::max(seen_, version); }

std::optional<wrong> order_model::check(const order_view::row& row, stream_version at_least) const {
  if (row.order_id != id_ || row.customer_id != customer_)
    return complain("wrong_row", "the row is of order '" + row.order_id + "' of customer '" + row.customer_id +
                                     "'; wanted customer '" + customer_ + "'");
  if (row.version < at_least)
    return complain("lost_write", "the row is at version " + std::to_string(row.version) + ", but version " +
                                      std::to_string(at_least) + " had been answered before it was asked for");
  if (row.version == 0 || row.version > sent_)
    return complain("two_effects", "the row is at version " + std::to_string(row.version) + ", but only " +
                                       std::to_string(sent_) + " commands were ever sent");
  if (auto bad = check_status(row)) return bad;
  const bool ended = row.status != order_view::status::pending;
  const auto lines = lines_ + static_cast<std::int64_t>(row.version) - 1 - (ended ? 1 : 0);
  if (row.item_count != lines)
    return complain("wrong_item_count", "the row at version " + std::to_string(row.version) + " has " +
                                            std::to_string(row.item_count) + " items; wanted " + std::to_string(lines));
  return check_total(row);
}

std::optional<wrong> order_model::check_status(const order_view::row& row) const {
  const bool ended = row.status != order_view::status::pending;
  const auto found = "the row at version " + std::to_string(row.version) + " is " + std::string(name_of(row.status));
  if (ended && row.status != ending_) return complain("wrong_status", found + ", which nobody asked for");
  if (ended_at_ != 0 && ended != (row.version >= ended_at_))
    return complain("wrong_status", found + ", but it ended at version " + std::to_string(ended_at_));
  if (ended_at_ != 0 && row.version > ended_at_)
    return complain("changed_after_end", found + ", but it ended at version " + std::to_string(ended_at_));
  return std::nullopt;
}

// Versions nobody acknowledged yet were made by commands that are open: the total lies between the cheapest and the
// dearest choice of so many of them. An end nobody acknowledged is the last version, and adds nothing.
std::optional<wrong> order_model::check_total(const order_view::row& row) const {
  const auto last = row.version - (row.status != order_view::status::pending && ended_at_ == 0 ? 1 : 0);
  std::int64_t known = 0;
  std::size_t open = 0;
  for (stream_version version = 1; version <= last; ++version)
    settles(version) ? known += cents_at_[version - 1] : ++open;
  if (open > open_cents_.size())
    return complain("two_effects", "the row at version " + std::to_string(row.version) + " holds " +
                                       std::to_string(open) + " commands that were not acknowledged; only " +
                                       std::to_string(open_cents_.size()) + " are open");
  auto choice = open_cents_;
  if (open > 0) std::sort(choice.begin(), choice.end());
  const auto count = static_cast<std::ptrdiff_t>(open);
  const auto least = std::accumulate(choice.begin(), choice.begin() + count, known);
  const auto most = std::accumulate(choice.end() - count, choice.end(), known);
  const auto total = row.total_amount.minor_units();
  if (total >= least && total <= most) return std::nullopt;
  return complain("wrong_total", "the row at version " + std::to_string(row.version) + " has the total " +
                                     amount(total) + "; wanted " + amount(least) +
                                     (least == most ? "" : " to " + amount(most)));
}

} // namespace stele::load
