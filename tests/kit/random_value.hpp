// Values of described types from a seed: small ones, so that rules meet the same few things again and again.
#pragma once

#include "domain/kernel/aggregate.hpp"
#include "persistence/codec_values.hpp"
#include "tests/kit/simulated/dice.hpp"

#include <boost/mp11/algorithm.hpp>

#include <string>
#include <variant>

namespace stele::kit {

/// One of any type that a field of a command may have, or of a variant of such. Now and then a bad one: an empty
/// string, nothing, less than nothing.
template <class T>
T random_value(simulated::dice& choice);

namespace detail {

inline std::int64_t random_number(simulated::dice& choice) {
  if (choice.one_in(12)) return -1;
  return choice.of<std::int64_t>({0, 1, 1, 2, 3, 5, 10, 100});
}

template <class T>
T random_enumerator(simulated::dice& choice) {
  return names_of<T>.values[choice.below(names_of<T>.count)];
}

template <class T>
T random_struct(simulated::dice& choice) {
  T made{};
  using members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  boost::mp11::mp_for_each<members>([&](auto each) {
    auto& field = made.*each.pointer;
    field = random_value<std::decay_t<decltype(field)>>(choice);
  });
  return made;
}

template <class T>
T random_container(simulated::dice& choice) {
  T made;
  for (std::size_t left = choice.below(4); left > 0; --left) {
    if constexpr (stele::detail::is_vector<T>)
      made.push_back(random_value<typename T::value_type>(choice));
    else
      made.insert_or_assign(random_value<std::string>(choice), random_value<typename T::mapped_type>(choice));
  }
  return made;
}

template <class... Ts>
std::variant<Ts...> random_alternative(simulated::dice& choice, std::variant<Ts...>*) {
  const std::size_t chosen = choice.below(sizeof...(Ts));
  std::variant<Ts...> made;
  boost::mp11::mp_with_index<sizeof...(Ts)>(
      chosen, [&](auto i) { made = random_value<boost::mp11::mp_at<std::variant<Ts...>, decltype(i)>>(choice); });
  return made;
}

template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;

} // namespace detail

template <class T>
T random_value(simulated::dice& choice) {
  if constexpr (std::same_as<T, bool>)
    return choice.one_in(2);
  else if constexpr (std::same_as<T, money>)
    return cents(detail::random_number(choice) * choice.of<std::int64_t>({1, 50, 100}));
  else if constexpr (std::same_as<T, timestamp>)
    return timestamp::from_unix_ms(1'700'000'000'000 + detail::random_number(choice) * 1000);
  else if constexpr (std::same_as<T, json_object>)
    return choice.one_in(2) ? json_object{} : json_object::from_json(R"({"city":"Bergen"})");
  else if constexpr (std::same_as<T, std::string>)
    return choice.of<std::string>({"ada", "ada", "bob", "bob", "cy", ""});
  else if constexpr (whole_number<T> || std::floating_point<T>)
    return static_cast<T>(std::is_signed_v<T> ? detail::random_number(choice) : choice.below(6));
  else if constexpr (described_enum<T>)
    return detail::random_enumerator<T>(choice);
  else if constexpr (stele::detail::is_optional<T>)
    return choice.one_in(2) ? T{} : T{random_value<typename T::value_type>(choice)};
  else if constexpr (stele::detail::is_vector<T> || stele::detail::is_map<T>)
    return detail::random_container<T>(choice);
  else if constexpr (detail::is_variant<T>)
    return detail::random_alternative(choice, static_cast<T*>(nullptr));
  else
    return detail::random_struct<T>(choice);
}

} // namespace stele::kit
