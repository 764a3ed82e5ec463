// Who a certificate is for.
#pragma once

#include <string>
#include <vector>

struct x509_st;

namespace stele::security {

/// The URIs and DNS names of its subjectAltName, as they stand there; none that holds a NUL. Never its common name.
std::vector<std::string> alternative_names(const x509_st* certificate);

} // namespace stele::security
