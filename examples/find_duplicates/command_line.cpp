#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <thread>

namespace find_duplicates {

namespace {

constexpr auto description =
  "Finds duplicate files below the given directories and prints them as sha256sum does, "
  "sorted by digest and path. Symbolic links are followed only where they are named here.";

constexpr auto exit_codes =
  "Exit status: 0 done; 1 done, but some files could not be read; 2 wrong usage, or a journal "
  "or standard output that cannot be used; 130 interrupted, run it again to continue.";

const auto modes = std::map<std::string, progress_mode>{{"auto", progress_mode::automatic},
                                                        {"always", progress_mode::always},
                                                        {"never", progress_mode::never}};

unsigned processors() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 64U);
}

std::string expect_name(const std::string& name) {
  return name.empty() ? "a name must not be empty" : "";
}

// CLI11 takes "[a,b]" for a list of two, but it is a name like others. A zero byte
// at its end, which no argument can have, hides the bracket.
std::vector<std::string> hide_brackets(int argc, char** argv) {
  auto arguments = std::vector<std::string>{argv + 1, argv + argc};
  for (auto& text : arguments)
    if (text.starts_with('['))
      text += '\0';
  std::ranges::reverse(arguments); // as CLI11 wants them
  return arguments;
}

// The argument as it was.
std::string shown(const std::string& name) {
  return name.c_str();
}

} // namespace

command_line read_command_line(int argc, char** argv) {
  auto chosen = command_line{{}, {}, processors(), progress_mode::automatic};
  auto mode = std::string{"auto"};
  auto app = CLI::App{description, "find_duplicates"};
  app.footer(exit_codes);
  app.add_option("--journal", chosen.journal, "Keep the work here, so that it can be continued")
    ->type_name("FILE")
    ->check(expect_name);
  app.add_option("--workers", chosen.workers, "How many files are read at a time")
    ->type_name("N")
    ->check(CLI::Range(1U, 1024U))
    ->capture_default_str();
  app.add_option("--progress", mode, "A progress bar on standard error")
    ->type_name("auto|always|never")
    ->check(CLI::IsMember(modes))
    ->capture_default_str();
  auto* directories = app.add_option("DIR", chosen.directories, "Where to look; may be a file");
  directories->type_name("")->required()->check(expect_name);
  try {
    app.parse(hide_brackets(argc, argv));
  } catch (const CLI::ParseError& mistake) {
    std::exit(app.exit(mistake) == 0 ? 0 : 2);
  }
  chosen.journal = shown(chosen.journal);
  chosen.directories = directories->results(); // unconverted: "{}" is a name, too
  std::ranges::transform(chosen.directories, chosen.directories.begin(), shown);
  chosen.progress = modes.at(mode);
  return chosen;
}

} // namespace find_duplicates
