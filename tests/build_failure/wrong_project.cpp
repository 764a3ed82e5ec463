// expect: project(row, const <event>&) must answer the new row
#define PROJECT_ANSWERS_NOTHING
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
