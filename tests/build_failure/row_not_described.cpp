// expect: the row of a view lacks BOOST_DESCRIBE_STRUCT(row, (), (<its fields>))
#define ROW_NOT_DESCRIBED
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
