// expect: evolve(state, const <event>&) must answer the new state
#define EVOLVE_ANSWERS_NOTHING
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
