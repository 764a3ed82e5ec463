// expect: the first described member of a keyed view's row is its key: it must be a std::string
#define KEY_IS_NO_STRING
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::keyed_view>(); }
