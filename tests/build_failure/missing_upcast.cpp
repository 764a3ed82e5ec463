// expect: an event with a type_version lacks the step from an older one
#include "actors/hosted.hpp"

namespace parcel {
struct sent {
  static constexpr std::uint32_t type_version = 2;
};
BOOST_DESCRIBE_STRUCT(sent, (), ())
} // namespace parcel

constexpr auto form = stele::detail::form_of<parcel::sent>();

int main() {}
