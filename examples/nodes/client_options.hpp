// The options that producers and consumers share: how many orders, of which queue of
// which broker.

#pragma once

#include "node_options.hpp"
#include "terminal.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nodes {

/// What was given on the command line.
struct client_options {
  std::string name;
  std::vector<std::string> brokers;
  std::string queue = "orders";
  std::uint64_t count = 0;
  node_options node;
};

/// Adds the options to `app`; `chosen` is filled when that reads its arguments.
inline void add_client_options(CLI::App& app, client_options& chosen) {
  app.add_option("BROKER", chosen.brokers, "host:port; several are tried in turn")
    ->type_name("")
    ->required();
  app.add_option("--queue", chosen.queue, "Declared if it is not there")
    ->type_name("NAME")
    ->capture_default_str();
  app.add_option("--name", chosen.name, "Who this is to others")
    ->type_name("NAME")
    ->capture_default_str();
  app.add_option("--count", chosen.count, "How many orders; 0: until it is stopped")
    ->type_name("NUMBER")
    ->capture_default_str();
  add_node_options(app, chosen.node);
}

/// The options by which such a program connects; it says what becomes of its link.
[[nodiscard]] inline ferry::connect_config connect_config_of(const client_options& chosen) {
  return connect_config_of(chosen.node, chosen.name, say);
}

} // namespace nodes
