#include "tests/kit/postgres_place.hpp"

namespace stele::kit {

namespace {

std::unique_ptr<store_place> make_postgres_place() { return std::make_unique<postgres_place>(); }

} // namespace

INSTANTIATE_TEST_SUITE_P(postgres, store_contract, ::testing::Values(&make_postgres_place));

} // namespace stele::kit
