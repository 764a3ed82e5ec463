// expect: the state lacks BOOST_DESCRIBE_STRUCT(state, (), (<its fields>))
#define STATE_NOT_DESCRIBED
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
