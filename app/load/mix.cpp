#include "app/load/mix.hpp"

#include <algorithm>
#include <charconv>

namespace stele::load {

namespace {

constexpr std::uint64_t weight_max = 1'000'000;

std::string kinds() {
  std::string out;
  for (const auto name : op_kind_names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

} // namespace

mix::mix() : mix(*parse(default_mix)) {}

boost::system::result<mix, std::string> mix::parse(std::string_view text) {
  mix out{empty{}};
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    const auto* kind = std::find(op_kind_names.begin(), op_kind_names.end(), name);
    if (kind == op_kind_names.end() || equals == std::string_view::npos)
      return "--mix: wanted KIND=WEIGHT with a kind of " + kinds() + "; found '" + std::string(part) + "'";
    auto& weight = out.weights_[static_cast<std::size_t>(kind - op_kind_names.begin())];
    const auto number = part.substr(equals + 1);
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), weight);
    if (fault != std::errc{} || end != number.data() + number.size() || weight > weight_max)
      return "--mix: the weight of '" + std::string(name) + "' is a whole number up to 1000000; found '" +
             std::string(number) + "'";
  }
  for (const auto weight : out.weights_) out.sum_ += weight;
  if (out.sum_ == 0) return std::string("--mix: at least one kind needs a weight above 0");
  return out;
}

op_kind mix::choose(std::uint64_t random) const {
  auto rest = random % sum_;
  std::size_t kind = 0;
  while (rest >= weights_[kind]) rest -= weights_[kind++];
  return static_cast<op_kind>(kind);
}

std::string mix::text() const {
  std::string out;
  for (std::size_t i = 0; i < weights_.size(); ++i)
    if (weights_[i] != 0)
      out.append(out.empty() ? "" : ",").append(op_kind_names[i]).append("=").append(std::to_string(weights_[i]));
  return out;
}

} // namespace stele::load
