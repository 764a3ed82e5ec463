// expect: a command lacks BOOST_DESCRIBE_STRUCT(<command>, (), (<its fields>))
#define COMMAND_NOT_DESCRIBED
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_aggregate<parcel::aggregate>(); }
