#include "app/admin/transfer.hpp"

#include "app/admin/ask.hpp"
#include "app/admin/event_check.hpp"
#include "app/admin/event_lines.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

namespace stele::admin {

namespace {

constexpr std::size_t events_in_a_batch = 1000;

// Reads lines, checks them and appends them lane by lane.
class importer {
public:
  importer(std::istream& in, const transfer_progress& progress) : in_(in), progress_(progress) {}

  transfer_result run(const open_for_import& open) {
    if (!next_line()) return std::string("line 1: wanted the first line of an export, found nothing");
    auto header = parse_header_line(line_);
    if (!header) return where() + header.error().what;
    auto opened = open(header->shards);
    if (!opened) return opened.error().what;
    to_ = std::move(*opened);
    if (auto why = prepare(*header)) return *why;
    if (auto why = read_events()) return *why;
    return finish();
  }

private:
  bool next_line() {
    ++number_;
    return static_cast<bool>(std::getline(in_, line_));
  }

  std::string where() const { return "line " + std::to_string(number_) + ": "; }

  std::optional<std::string> prepare(const export_header& header) {
    const auto& identity = to_->events().identity();
    if (identity.shards != header.shards)
      return "the store has " + std::to_string(identity.shards) + " shards, the export " +
             std::to_string(header.shards) + "; import into a new store";
    auto heads = ask<std::vector<shard_position>>([&](auto reply) { to_->events().heads(reply); });
    if (!heads) return heads.error().what;
    if (std::any_of(heads->begin(), heads->end(), [](auto head) { return head != 0; }))
      return "the store has events already; import into an empty one";
    for (shard_number shard = 0; shard < header.shards; ++shard) checks_.emplace_back(shard, header.shards, found_);
    batches_.resize(identity.lanes);
    return std::nullopt;
  }

  std::optional<std::string> read_events() {
    while (next_line()) {
      if (is_end_line(line_)) return check_end();
      auto event = parse_event_line(line_);
      if (!event) return where() + event.error().what;
      if (auto why = take(std::move(*event))) return why;
    }
    return where() + "the export is cut off: its last line is missing";
  }

  std::optional<std::string> check_end() {
    auto wanted = parse_end_line(line_);
    if (!wanted) return where() + wanted.error().what;
    if (*wanted != done_.events)
      return where() + "wanted " + std::to_string(*wanted) + " events, found " + std::to_string(done_.events);
    for (auto& check : checks_) check.end();
    return found_.none() ? std::nullopt : std::optional(where() + found_.all().front().first);
  }

  std::optional<std::string> take(recorded_event it) {
    if (it.shard >= checks_.size()) return where() + "there is no shard " + std::to_string(it.shard);
    checks_[it.shard].take(it);
    if (!found_.none()) return where() + found_.all().front().first;
    ++done_.events;
    const auto lane = static_cast<std::uint32_t>(it.shard % batches_.size());
    const bool command_ends = it.part == it.parts;
    batches_[lane].push_back(std::move(it));
    return command_ends && batches_[lane].size() >= events_in_a_batch ? append(lane) : std::nullopt;
  }

  std::optional<std::string> append(std::uint32_t lane) {
    auto batch = std::make_shared<const std::vector<recorded_event>>(std::move(batches_[lane]));
    batches_[lane].clear();
    if (batch->empty()) return std::nullopt;
    auto appended = ask<done>([&](auto reply) { to_->events().append(lane, batch, reply); });
    if (!appended) return where() + "the store refused the events up to here: " + appended.error().what;
    if (progress_) progress_(done_.events);
    return std::nullopt;
  }

  transfer_result finish() {
    for (std::uint32_t lane = 0; lane < batches_.size(); ++lane)
      if (auto why = append(lane)) return *why;
    auto heads = ask<std::vector<shard_position>>([&](auto reply) { to_->events().heads(reply); });
    if (!heads) return heads.error().what;
    for (shard_number shard = 0; shard < checks_.size(); ++shard) {
      done_.streams += checks_[shard].streams();
      if (checks_[shard].position() != (*heads)[shard])
        return "shard " + std::to_string(shard) + " ends at position " + std::to_string((*heads)[shard]) +
               " after the import, wanted " + std::to_string(checks_[shard].position());
    }
    return done_;
  }

  std::istream& in_;
  const transfer_progress& progress_;
  std::unique_ptr<store> to_;
  std::string line_;
  std::uint64_t number_ = 0;
  findings found_;
  std::vector<event_check> checks_;
  std::vector<std::vector<recorded_event>> batches_; ///< For each lane.
  transferred done_;
};

} // namespace

transfer_result export_events(store& from, std::ostream& out, const transfer_progress& progress) {
  const auto& identity = from.events().identity();
  out << header_line({identity.history, identity.shards}) << '\n';
  transferred written;
  for (std::uint64_t last = 0;;) {
    auto page =
        ask<std::vector<recorded_event>>([&](auto reply) { from.events().read_all(last, events_in_a_batch, reply); });
    if (!page) return page.error().what;
    if (page->empty()) break;
    for (const auto& it : *page) out << event_line(it) << '\n';
    last = page->back().global_position;
    written.events += page->size();
    if (progress) progress(written.events);
  }
  out << end_line(written.events) << '\n' << std::flush;
  if (!out) return std::string("the export could not be written; is the disk full?");
  return written;
}

transfer_result import_events(std::istream& in, const open_for_import& open, const transfer_progress& progress) {
  return importer(in, progress).run(open);
}

} // namespace stele::admin
