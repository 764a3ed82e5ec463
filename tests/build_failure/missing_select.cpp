// expect: a query lacks its selection: stele::selection<view> select(const <query>&)
#define NO_SELECT
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_query<parcel::parcels_to>(); }
