// expect: a view that says key_of(const <event>&) derives from stele::keyed_view
#define KEY_OF_IN_A_PLAIN_VIEW
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
