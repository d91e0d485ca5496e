// What the user asked for.

#pragma once

#include <string>
#include <vector>

namespace find_duplicates {

/// When the progress bar is drawn.
enum class progress_mode { automatic, always, never };

struct command_line {
  std::vector<std::string> directories;
  std::string journal; // empty: a temporary one
  unsigned workers = 1;
  progress_mode progress = progress_mode::automatic; // on a terminal only
};

/// Reads the arguments. `--help` and mistakes end the program: with the help on
/// standard output and status 0, or a text on standard error and status 2.
[[nodiscard]] command_line read_command_line(int argc, char** argv);

} // namespace find_duplicates
