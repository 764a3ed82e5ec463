// expect: one with another key derives from stele::keyed_view and says key_of(const <event>&)
#define KEY_IS_NOT_THE_STREAM
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
