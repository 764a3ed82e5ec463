// Mutual TLS of CAF connections, for the end that accepts and the end that dials.
#pragma once

#include "app/security/caf_tls_files.hpp"
#include "app/security/private_file.hpp"
#include "app/security/tls.hpp"
#include "app/security/tls_session.hpp"

#include <memory>
#include <string>

namespace stele::security {

/// TLS 1.3 only; each end shows a certificate of the other's authority, with a name of the other's list. No tickets, no
/// resumption. Safe from any thread.
class caf_tls {
public:
  caf_tls(tls_context context, name_list names) : context_(std::move(context)), names_(std::move(names)) {}

  // `socket` is connected and non-blocking, and outlives the session's use.
  std::shared_ptr<tls_session> accept(int socket) const;
  std::shared_ptr<tls_session> connect(int socket) const;

private:
  tls_context context_;
  name_list names_;
};

using caf_tls_ptr = std::shared_ptr<const caf_tls>;

/// What the settings are called, and which command makes the files: for sentences.
struct caf_tls_words {
  std::string certificate, private_key, authority, names, command;
};

/// `A, B, C and D (files are made by: COMMAND)`.
std::string all_of(const caf_tls_words& words);

/// Reads the files. Null when none is named; refuses a part of them, and what `make_server_tls` refuses.
secured<caf_tls_ptr> make_caf_tls(const caf_tls_files& from, const caf_tls_words& words);

} // namespace stele::security
