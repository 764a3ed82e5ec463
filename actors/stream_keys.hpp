// Remembers which row of a keyed view a stream belongs to, so that its first event is not read again and again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace stele {

/// Keys by stream id; what was not asked for in a long time is forgotten. What it holds never gets old: the first event
/// of a stream stays what it is.
class stream_keys {
public:
  using key = std::optional<std::string>; ///< Nothing: the stream belongs to no row.

  explicit stream_keys(std::size_t streams_max) : half_(std::max<std::size_t>(1, streams_max / 2)) {}

  /// Nothing when it is not here.
  std::optional<key> find(const std::string& stream_id) {
    if (const auto found = recent_.find(stream_id); found != recent_.end()) return found->second;
    const auto found = older_.find(stream_id);
    if (found == older_.end()) return std::nullopt;
    const key known = found->second;
    put(stream_id, known);
    return known;
  }

  void put(const std::string& stream_id, key known) {
    if (recent_.size() >= half_) older_ = std::exchange(recent_, {});
    recent_.insert_or_assign(stream_id, std::move(known));
  }

private:
  std::size_t half_;
  std::unordered_map<std::string, key> recent_, older_;
};

} // namespace stele
