// expect: the first described member of a row is its key, the id part of the stream: it must be a std::string
#define KEY_IS_NO_STRING
#include "tests/build_failure/parcel.hpp"

int main() { stele::host_view<parcel::view>(); }
