// How a command is told to reach a node, as it is typed.
#pragma once

#include "app/http/node_access.hpp"
#include "app/http/settings.hpp"
#include "app/security/private_file.hpp"

#include <string>
#include <vector>

namespace stele::admin {

/// `--node`, `--ca`, `--certificate`, `--private-key`, `--key-file`; each may be empty.
struct node_words {
  std::string node, authority, certificate, private_key, key_file;
};

/// `HOST:PORT` or `[V6]:PORT`, in parts.
bool read_address(const std::string& text, std::string& host, std::uint16_t& port);

/// Where the words lead; without `--node` to the door the settings speak of. The key is the first line of the key file,
/// or without one that of the environment variable STELE_KEY: a command line would show it to everybody on the machine.
/// Refuses to send a key in plain to another machine.
security::secured<http::node_access> find_node(const node_words& words, const http_settings& settings);

/// The same of several nodes, whose addresses are separated by commas.
security::secured<std::vector<http::node_access>> find_nodes(const node_words& words, const http_settings& settings);

/// The parts of a list separated by commas; of an empty text: one, which is empty.
std::vector<std::string> parts_of(const std::string& list);

} // namespace stele::admin
