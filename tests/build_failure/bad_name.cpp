// expect: the name of an aggregate is made of a-z, 0-9 and _, and begins with a letter
#define NAME "par-cel"
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
