// Measures ferry beside the bare SQLite that it stands on, and beside its peers.
//
//   ferry_bench --list
//   ferry_bench durable_round_trip bare_sqlite_loop --runs 5
//   ferry_bench --goals --json figures.jsonl

#include "catalogue.hpp"
#include "child_run.hpp"
#include "goals.hpp"
#include "report.hpp"
#include "runner.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace {

using namespace ferry::benchmarks;

struct command_line {
  std::vector<std::string> names;
  plan wanted;
  std::string json;
  bool list = false;
  bool goals = false;
  bool peers = false;
  bool one_run = false;
};

void describe(CLI::App& app, command_line& given) {
  given.wanted.folder = std::filesystem::current_path();
  auto& changes = given.wanted.changes;
  app.add_option("scenario", given.names, "what to run; all but the peers by default");
  app.add_option("--runs", given.wanted.rounds, "rounds; the median is printed")
    ->check(CLI::Range(1, 1000));
  app.add_option("--json", given.json, "a file that gets the same as JSON lines");
  app.add_flag("--list", given.list, "names the scenarios");
  app.add_flag("--goals", given.goals, "runs what the goals speak of, and compares");
  app.add_flag("--peers", given.peers, "runs the peers, and durable_round_trip beside them");
  app.add_option("--messages", changes.messages, "per run")
    ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  app.add_option("--payload", changes.payload_bytes, "bytes per message")
    ->check(CLI::Range(std::size_t{1}, std::size_t{16} << 20));
  app.add_option("--depth", changes.depth, "messages in the queues that are deep")
    ->check(CLI::Range(std::uint64_t{1000}, std::uint64_t{1'000'000'000}));
  app.add_option("--folder", given.wanted.folder, "where the files go: the disk that is measured");
  app.add_flag("--one-run", given.one_run)->group(""); // hidden: a run's own process
}

// -- what to run --------------------------------------------------------------

void choose(const std::string& name, plan& wanted) {
  const auto* found = find_scenario(name);
  if (found == nullptr)
    throw CLI::ValidationError("scenario", name + " is unknown; --list names them");
  if (std::ranges::find(wanted.scenarios, found) == wanted.scenarios.end())
    wanted.scenarios.push_back(found);
}

bool is_peer(const std::string& name) {
  return std::ranges::find(peer_scenarios(), name, &scenario::name) != peer_scenarios().end();
}

void choose_peers(plan& wanted) {
  if (peer_scenarios().empty())
    throw CLI::ValidationError("--peers",
                               "this program knows none; scripts/bench --peers builds one that "
                               "does, and starts them");
  choose("durable_round_trip", wanted);
  for (const auto& item : peer_scenarios())
    choose(item.name, wanted);
}

void choose_all(command_line& given) {
  for (const auto& name : given.names)
    choose(name, given.wanted);
  if (given.goals)
    for (const auto& name : scenarios_of_goals())
      if (find_scenario(name) != nullptr && !is_peer(name))
        choose(name, given.wanted);
  if (given.peers)
    choose_peers(given.wanted);
  if (given.wanted.scenarios.empty())
    for (const auto& item : own_scenarios())
      choose(item.name, given.wanted);
}

// -- running it ---------------------------------------------------------------

int run_one(const command_line& given) {
  const auto& item = *given.wanted.scenarios.front();
  auto here = settings_for(item, given.wanted.changes);
  here.folder = given.wanted.folder;
  return run_as_child(item, here);
}

int run_all(const command_line& given) {
  auto json = std::ofstream{};
  if (!given.json.empty()) {
    json.open(given.json);
    if (!json)
      throw CLI::FileError("cannot write to " + given.json);
  }
  auto measured = run(given.wanted);
  fmt::print("{}", table(given.wanted, measured));
  if (json.is_open())
    json << json_lines(given.wanted, measured);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  auto app = CLI::App{"Measures ferry, the bare SQLite that it stands on, and its peers."};
  auto given = command_line{};
  describe(app, given);
  try {
    app.parse(argc, argv);
    if (given.list) {
      fmt::print("{}", list_of_scenarios());
      return 0;
    }
    choose_all(given);
    return given.one_run ? run_one(given) : run_all(given);
  } catch (const CLI::Error& why) {
    return app.exit(why);
  } catch (const interrupted&) {
    return 130;
  } catch (const std::exception& why) {
    fmt::print(stderr, "no figure: {}\n", why.what());
    return 1;
  }
}
