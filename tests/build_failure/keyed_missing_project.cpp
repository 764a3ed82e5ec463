// expect: a view lacks its projections: row project(row, const <event>&)
#define NO_PROJECT
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::keyed_view>(); }
