#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <thread>

namespace find_duplicates {

namespace {

constexpr auto description =
  "Finds duplicate files below the given directories and prints them as sha256sum does, "
  "sorted by digest and path. Symbolic links are followed only where they are named here.";

constexpr auto footer =
  "With --serve helpers on other nodes may read the files as well: each of them is this program "
  "with --join instead of directories, and must see the same files under the same names. They may "
  "come, leave and be killed at any time.\n\n"
  "Exit status: 0 done; 1 done, but some files could not be read; 2 wrong usage, or a journal, "
  "standard output or search that cannot be used; 130 interrupted, run it again to continue.";

const auto modes = std::map<std::string, progress_mode>{{"auto", progress_mode::automatic},
                                                        {"always", progress_mode::always},
                                                        {"never", progress_mode::never}};

unsigned processors() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 64U);
}

// The argument as it was.
std::string shown(const std::string& name) {
  return name.c_str();
}

// "127.0.0.1:4040" or "[::1]:4040"; nothing where it is neither.
std::optional<open_port> port_from(const std::string& given) {
  auto text = shown(given);
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return std::nullopt;
  auto number = std::uint16_t{0};
  const auto* end = text.data() + text.size();
  auto [stop, wrong] = std::from_chars(text.data() + colon + 1, end, number);
  if (wrong != std::errc{} || stop != end)
    return std::nullopt;
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  return open_port{address, number};
}

std::string expect_port(const std::string& text) {
  return port_from(text) ? "" : "\"" + text + "\" is no address and port, as 127.0.0.1:4040 is";
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

} // namespace

command_line read_command_line(int argc, char** argv) {
  auto chosen = command_line{};
  chosen.workers = processors();
  auto serve = std::string{};
  auto mode = std::string{"auto"};
  auto app = CLI::App{description, "find_duplicates"};
  app.footer(footer);
  auto* journal =
    app.add_option("--journal", chosen.journal, "Keep the work here, so that it can be continued")
      ->type_name("FILE")
      ->check(expect_name);
  app
    .add_option("--workers", chosen.workers,
                "How many files are read at a time; 0 with --serve: helpers read them")
    ->type_name("N")
    ->check(CLI::Range(0U, 1024U))
    ->capture_default_str();
  app.add_option("--progress", mode, "A progress bar on standard error")
    ->type_name("auto|always|never")
    ->check(CLI::IsMember(modes))
    ->capture_default_str();
  auto* server = app.add_option("--serve", serve, "Let helpers in at this address and port")
                   ->type_name("ADDRESS:PORT")
                   ->check(expect_port);
  auto* directories = app.add_option("DIR", chosen.directories, "Where to look; may be a file");
  directories->type_name("")->check(expect_name);
  app.add_option("--join", chosen.join, "Help the search that is served there, until Ctrl-C")
    ->type_name("HOST:PORT")
    ->check(expect_port)
    ->excludes(server)
    ->excludes(journal)
    ->excludes(directories);
  nodes::add_node_options(app, chosen.node);
  try {
    app.parse(hide_brackets(argc, argv));
    chosen.serve = port_from(serve);
    if (directories->empty() && chosen.join.empty())
      throw CLI::RequiredError{"DIR"};
    if (chosen.workers == 0 && !chosen.serve)
      throw CLI::ValidationError{"--workers", "0 leaves the work to helpers, which want --serve"};
  } catch (const CLI::ParseError& mistake) {
    std::exit(app.exit(mistake) == 0 ? 0 : 2);
  }
  chosen.journal = shown(chosen.journal);
  chosen.join = shown(chosen.join);
  chosen.directories = directories->results(); // unconverted: "{}" is a name, too
  std::ranges::transform(chosen.directories, chosen.directories.begin(), shown);
  chosen.progress = modes.at(mode);
  return chosen;
}

} // namespace find_duplicates
