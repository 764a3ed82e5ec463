// The outcome of a load as one HTML page that opens anywhere, also offline.
#pragma once

#include "app/load/load_run.hpp"

#include <string>

namespace stele::load {

/// A whole page: verdict, figures, charts, tables, and the data as JSON in it. It refers to nothing outside itself.
std::string report_html(const load_result& it, const load_settings& settings, const std::string& where);

} // namespace stele::load
