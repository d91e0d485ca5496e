// The options that every program with a link has: who it is to the others, and whom
// it trusts.

#pragma once

#include "ferry/broker.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace nodes {

/// What was given on the command line; empty: not given.
struct node_options {
  std::string certificate;
  std::string key;
  std::string authority;
  std::string token;
  std::string cluster = "ferry";

  [[nodiscard]] std::optional<ferry::tls_files> tls() const {
    if (certificate.empty())
      return std::nullopt;
    return ferry::tls_files{certificate, key, authority};
  }
};

/// Adds the options to `app`; `chosen` is filled when that reads its arguments.
inline void add_node_options(CLI::App& app, node_options& chosen) {
  auto* certificate = app.add_option("--certificate", chosen.certificate,
                                     "This node's certificate; with it every link is TLS");
  auto* key = app.add_option("--key", chosen.key, "The certificate's key");
  auto* authority =
    app.add_option("--authority", chosen.authority, "Whose certificates are trusted");
  for (auto* file : {certificate, key, authority}) {
    file->type_name("FILE");
    for (auto* other : {certificate, key, authority})
      if (file != other)
        file->needs(other);
  }
  app.add_option("--token", chosen.token, "A secret of 16 characters or more that clients show")
    ->type_name("SECRET");
  app.add_option("--cluster", chosen.cluster, "Nodes of other clusters are refused")
    ->type_name("NAME")
    ->capture_default_str();
}

/// The options by which a program connects; it then tells of its link by `report`.
[[nodiscard]] inline ferry::connect_config
connect_config_of(const node_options& chosen, std::string name,
                  std::function<void(const std::string&)> report) {
  auto config = ferry::connect_config{};
  config.tls = chosen.tls();
  config.token = chosen.token;
  config.cluster = chosen.cluster;
  config.node = std::move(name);
  config.report = std::move(report);
  return config;
}

/// The options by which a broker serves. With certificates or a token everybody who is
/// let in may do what `may` says, and nothing else; without, everybody may do everything.
[[nodiscard]] inline ferry::serve_config serve_config_of(const node_options& chosen,
                                                         std::vector<ferry::grant> may) {
  auto config = ferry::serve_config{};
  config.tls = chosen.tls();
  config.cluster = chosen.cluster;
  if (!chosen.token.empty())
    config.access.tokens[chosen.token] = "a node with the token";
  if (config.tls || !chosen.token.empty())
    config.access.grants = std::move(may);
  return config;
}

} // namespace nodes
