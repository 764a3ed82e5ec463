#include "tests/persistence/sqlite_place.hpp"

namespace stele::kit {

namespace {

std::unique_ptr<store_place> make_sqlite_place() { return std::make_unique<sqlite_place>(); }

} // namespace

INSTANTIATE_TEST_SUITE_P(sqlite, store_contract, ::testing::Values(&make_sqlite_place));

} // namespace stele::kit
