// expect: the key of a view must be its stream id, the first described member of its row
#define KEY_IS_NOT_THE_STREAM
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
