#include "app/check/check.hpp"

#include "app/check/lists.hpp"
#include "app/check/log_order.hpp"
#include "app/check/moments.hpp"
#include "app/check/stream_case.hpp"
#include "app/check/tokens.hpp"
#include "app/check/told_commands.hpp"

#include <unordered_set>

namespace stele::check {

namespace {

class checker {
public:
  checker(const history& told, const log_source& log, const check_options& options)
      : told_(told), log_(log), options_(options), lists_(told, log.shards, out_), ends_(log.shards),
        visited_(told.streams.size()) {}

  stored<verdicts> run() {
    count_history();
    for (shard_number shard = 0; shard < log_.shards; ++shard)
      if (auto read = check_shard(shard); !read) return read.error();
    for (std::uint32_t stream = 0; stream < told_.streams.size(); ++stream)
      if (!visited_[stream]) check_stream(told_.streams[stream], shard_of(told_.streams[stream], log_.shards), {});
    lists_.check();
    check_tokens(told_, log_.history, ends_, out_);
    return std::move(out_);
  }

private:
  void count_history() {
    out_.seen.operations = told_.operations.size();
    out_.seen.commands = told_.commands.size();
    for (const auto& it : told_.operations) {
      out_.seen.reads += it.command == nothing ? 1 : 0;
      out_.seen.unknown += it.how == outcome::unknown ? 1 : 0;
      out_.seen.rows += it.rows;
    }
  }

  stored<done> check_shard(shard_number shard) {
    std::unordered_map<std::string, std::vector<logged>> streams;
    std::unordered_set<std::string> broken;
    log_order order(shard, log_.shards, out_);
    auto read = log_.read(shard, [&](const recorded_event& it) {
      if (!order.take(it)) broken.insert(it.stream_id);
      ends_[shard] = std::max(ends_[shard], it.position);
      streams[it.stream_id].push_back({it.position, it.command_id, it.part, it.parts, read_deed(it.type, it.payload)});
      if (++out_.seen.events % shown_each == 0 && options_.progress) options_.progress(out_.seen.events);
    });
    if (!read) return read;
    order.end();
    out_.seen.streams += streams.size();
    for (auto& [name, events] : streams)
      broken.count(name) == 0 ? check_stream(name, shard, std::move(events)) : leave_out(name);
    return done{};
  }

  std::uint32_t number_of(const std::string& name) const {
    const auto found = told_.stream_numbers.find(name);
    return found == told_.stream_numbers.end() ? nothing : found->second;
  }

  // Nothing more can be said of a stream with a gap.
  void leave_out(const std::string& name) {
    lists_.leave_out();
    if (const auto stream = number_of(name); stream != nothing) visited_[stream] = true;
  }

  void check_stream(const std::string& name, shard_number shard, std::vector<logged> events) {
    stream_case it{told_, out_, name, number_of(name), shard, std::move(events), false, {}, {}, {}, {}};
    replay(it);
    check_effects(it);
    if (it.stream != nothing) {
      visited_[it.stream] = true;
      out_.seen.streams_told += it.log.empty() ? 0 : 1;
      check_commands(it);
      check_moments(it);
    }
    if (const auto kept = log_.snapshots.find(name); it.modelled && kept != log_.snapshots.end()) {
      check_snapshot(it, kept->second);
      ++out_.seen.snapshots;
    }
    lists_.add(it);
  }

  void check_effects(const stream_case& it) {
    for (const auto& each : it.effects) {
      const auto [first, last] = told_.command_numbers.equal_range(each.key);
      const bool here =
          std::any_of(first, last, [&](const auto& known) { return told_.commands[known.second].stream == it.stream; });
      ++(here ? out_.seen.effects_told : out_.seen.effects_untold);
      if (here || (first == last && !options_.only)) continue;
      out_.add("P5", "command " + to_string(each.key) + " took effect in " + it.name + " as version " +
                         std::to_string(each.last) +
                         (first == last ? ", but nobody in the history sent it"
                                        : ", but was sent to " + told_.streams[told_.commands[first->second].stream]));
    }
  }

  static constexpr std::uint64_t shown_each = 10'000;

  const history& told_;
  const log_source& log_;
  const check_options& options_;
  verdicts out_;
  lists lists_;
  std::vector<shard_position> ends_;
  std::vector<bool> visited_; ///< By stream of the history.
};

} // namespace

stored<verdicts> check(const history& told, const log_source& log, const check_options& options) {
  return checker(told, log, options).run();
}

} // namespace stele::check
