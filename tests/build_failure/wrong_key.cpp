// expect: key_of(const <event>&) must answer a std::string, or a std::optional<std::string>
#define KEY_IS_A_NUMBER
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::keyed_view>(); }
