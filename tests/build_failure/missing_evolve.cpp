// expect: an event lacks its history: state evolve(state, const <event>&)
#define NO_EVOLVE
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
