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

} // namespace

command_line read_command_line(int argc, char** argv) {
  auto chosen = command_line{{}, {}, processors(), progress_mode::automatic};
  auto mode = std::string{"auto"};
  auto app = CLI::App{description, "find_duplicates"};
  app.footer(exit_codes);
  app.add_option("--journal", chosen.journal, "Keep the work in FILE, so that it can be continued")
    ->type_name("FILE")
    ->check([](const std::string& name) {
      return name.empty() ? std::string{"the name is empty"} : std::string{};
    });
  app.add_option("--workers", chosen.workers, "Read so many files at a time")
    ->type_name("N")
    ->check(CLI::Range(1U, 1024U))
    ->capture_default_str();
  app.add_option("--progress", mode, "Draw a progress bar on standard error")
    ->type_name("auto|always|never")
    ->check(CLI::IsMember(modes))
    ->capture_default_str();
  app.add_option("DIR", chosen.directories, "Where to look; a file is taken as it is")
    ->type_name("")
    ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& mistake) {
    std::exit(app.exit(mistake) == 0 ? 0 : 2);
  }
  chosen.progress = modes.at(mode);
  return chosen;
}

} // namespace find_duplicates
