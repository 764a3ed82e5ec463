// expect: an event lacks BOOST_DESCRIBE_STRUCT(<event>, (), (<its fields>))
#define EVENT_NOT_DESCRIBED
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
