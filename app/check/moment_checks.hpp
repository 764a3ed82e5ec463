// What each answer of a stream is held against: the versions that were possible while it was asked for.
#pragma once

#include "app/check/stream_case.hpp"

#include <optional>

namespace stele::check {

/// An answer, between its asking and its end.
struct moment {
  enum kinds : std::uint8_t { effect, refusal, row };
  kinds kind = row;
  std::int64_t invoked = 0, completed = never;
  std::uint32_t index = 0;    ///< Of the stream's effects, the history's operations or rows.
  stream_version version = 0; ///< That it shows to be there; of a refusal found out by the check.
};

/// Told of moments as they begin (`check`) and as they end (`learn`).
class moment_checks {
public:
  explicit moment_checks(stream_case& in) : in_(in) {}

  void check(moment& it);
  void learn(const moment& it);

private:
  void check_effect(const moment& it);
  void check_refusal(moment& it);
  void check_row(const moment& it);
  bool check_content(const seen_row& row, const operation& by);
  void check_age(const seen_row& row, const operation& by);
  std::optional<stream_version> refused_at(const deed& asked, std::string_view code, stream_version from,
                                           stream_version upto) const;
  void add(const char* promise, const operation& by, const std::string& what);
  std::string learned_from() const;
  const operation* operation_of(const moment& it) const;
  static std::uint64_t session_of(const operation& it);

  stream_case& in_;
  stream_version lower_ = 0; ///< Answered by now.
  moment lower_from_;
  std::unordered_map<std::uint64_t, stream_version> sessions_; ///< What each client has seen, by look-ups and by lists.
};

} // namespace stele::check
