// expect: a field has a type without a JSON form
#include "persistence/codec.hpp"

#include <boost/describe/class.hpp>

namespace parcel {
struct sent {
  const char* to = "";
};
BOOST_DESCRIBE_STRUCT(sent, (), (to))
} // namespace parcel

int main() { stele::encode(parcel::sent{}); }
