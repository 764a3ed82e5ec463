#include "tests/build_failure/parcel.hpp"

int main() {
  stele::host_aggregate<parcel::aggregate>();
  stele::host_view<parcel::view>();
  stele::host_view<parcel::keyed_view>();
  stele::host_query<parcel::parcels_to>();
}
