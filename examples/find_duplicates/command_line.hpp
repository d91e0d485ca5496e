// What the user asked for.

#pragma once

#include "nodes/node_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace find_duplicates {

/// When the progress bar is drawn.
enum class progress_mode { automatic, always, never };

/// Where helpers are let in.
struct open_port {
  std::string address;
  std::uint16_t port = 0; // 0: any that is free
};

struct command_line {
  std::vector<std::string> directories;
  std::string journal; // empty: a temporary one
  unsigned workers = 1;
  progress_mode progress = progress_mode::automatic; // on a terminal only
  std::optional<open_port> serve;                    // none: nobody is let in
  std::string join; // "host:port" of a search to help; empty: this is one
  nodes::node_options node;
};

/// Reads the arguments. `--help` and mistakes end the program: with the help on
/// standard output and status 0, or a text on standard error and status 2.
[[nodiscard]] command_line read_command_line(int argc, char** argv);

} // namespace find_duplicates
