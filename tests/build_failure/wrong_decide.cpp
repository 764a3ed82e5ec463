// expect: decide(const state&, const <command>&) must answer a stele::decision<event> of its own events
#define DECIDE_ANSWERS_A_NUMBER
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
