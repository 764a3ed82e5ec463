// Everything this product hosts, in one list; main and the tests both read it.
#pragma once

#include "app/runtime.hpp"

namespace stele {

void assemble(runtime& shop);

} // namespace stele
