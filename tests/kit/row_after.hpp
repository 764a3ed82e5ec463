// Projections as sentences: after these events the row reads so.
#pragma once

#include "domain/kernel/view.hpp"

#include <string>
#include <utility>

namespace stele {

/// The row of `key` after events of one stream, folded by the author's `project`. They are version 1, 2, 3 … of stream
/// `key`, recorded one second after the other from 2024-01-01T00:00:01Z on; those the view doesn't care about change
/// nothing.
///
///     EXPECT_EQ(row_after<account_view::view>("7", account_opened{"ada"}, deposited{cents(500)}).balance, cents(500));
template <class View, class... Events>
typename View::row row_after(const std::string& key, const Events&... events) {
  using row = typename View::row;
  static_assert(View::template complete<View>());
  row made{};
  made.*detail::first_member<row>::value = key;
  envelope at{key, 0, {}};
  const auto fold = [&]<class Event>(const Event& event) {
    at.at = timestamp::from_unix_ms(1'704'067'200'000 + static_cast<std::int64_t>(++at.version) * 1000);
    if constexpr (projected<row, Event>) made = apply_projection(std::move(made), event, at);
  };
  (fold(events), ...);
  return made;
}

} // namespace stele
