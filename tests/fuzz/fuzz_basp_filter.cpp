// Any bytes a BASP peer may send: the filter must neither fall over nor judge by how the bytes were cut into pieces.
#include "app/gateway/basp_filter.hpp"

#include <cstdlib>

namespace {

struct outcome {
  stele::gateway::verdict how = stele::gateway::verdict::ok;
  std::vector<char> let_through;
  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome feed(std::span<const char> bytes, bool we_accepted, std::size_t piece) {
  stele::gateway::filter_rules rules;
  rules.we_accepted = we_accepted;
  rules.published = 1;
  stele::gateway::basp_filter filter(rules);
  outcome it;
  while (!bytes.empty() && it.how == stele::gateway::verdict::ok) {
    const auto now = bytes.first(std::min(piece, bytes.size()));
    it.how = filter.feed(now, it.let_through);
    bytes = bytes.subspan(now.size());
  }
  return it;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool we_accepted = (data[0] & 1) != 0;
  const std::size_t piece = 1 + data[0] / 2;
  if (feed(bytes, we_accepted, size).how != feed(bytes, we_accepted, piece).how) std::abort();
  return 0;
}
