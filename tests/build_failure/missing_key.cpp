// expect: a keyed view lacks its key: static std::string key_of(const <event>&)
#define NO_KEY
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::keyed_view>(); }
