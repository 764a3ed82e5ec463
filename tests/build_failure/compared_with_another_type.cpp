// expect: a member of the row is compared with a value of another type
#define COMPARED_WITH_ANOTHER_TYPE
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_query<parcel::parcels_to>(); }
