#include "app/http/door_security.hpp"

#include "actors/log.hpp"
#include "app/http/access.hpp"

namespace stele::http {

namespace {

using security::fault;

std::optional<fault> find_gap(const http_settings& it, bool on_loopback) {
  if (it.certificate.empty() != it.private_key.empty())
    return fault{"http.certificate and http.private-key belong together; set both or none"};
  if (!it.client_authority.empty() && it.certificate.empty())
    return fault{"http.client-authority asks callers for a certificate, which only TLS can; set http.certificate and "
                 "http.private-key"};
  if (on_loopback || (!it.certificate.empty() && !it.keys.empty())) return std::nullopt;
  std::string sentence = "http.address = " + it.address +
                         " is not a loopback address: a door that others reach needs TLS and keys. Missing:";
  if (it.certificate.empty())
    sentence += " http.certificate and http.private-key (made by: stele certs FOLDER --node NAME,ADDRESS);";
  if (it.keys.empty()) sentence += " http.keys (made by: stele keys create --file FILE --name NAME --role admin);";
  return fault{sentence + " or use 127.0.0.1"};
}

} // namespace

security::secured<door_security> secure_door(const http_settings& settings, bool on_loopback) {
  if (auto wrong = find_gap(settings, on_loopback)) return *wrong;
  door_security out;
  if (!settings.certificate.empty()) {
    auto tls = security::make_server_tls({settings.certificate, settings.private_key, settings.client_authority});
    if (!tls) return fault{"http: " + tls.error().what};
    out.tls = std::move(*tls);
  }
  if (settings.keys.empty()) return out;
  out.keys = std::make_shared<security::key_ring>(settings.keys);
  if (auto wrong = out.keys->refresh())
    return fault{"http.keys: " + wrong->what + "; 'stele keys create --file " + settings.keys +
                 " --name NAME --role admin' makes a key file"};
  if (out.keys->usable(key_time()) == 0) log(log_level::warning, "http: no key in " + settings.keys + " is usable");
  return out;
}

} // namespace stele::http
