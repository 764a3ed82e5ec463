// expect: a command lacks its rule: decision decide(const state&, const <command>&)
#define NO_DECIDE
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
