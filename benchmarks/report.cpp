#include "report.hpp"

#include "machine.hpp"
#include "statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace ferry::benchmarks {

namespace {

struct column {
  const char* figure;
  std::size_t width;
};

constexpr auto columns = std::array{
  column{"messages", 9},       column{"payload_bytes", 14}, column{"depth", 9},
  column{"seconds", 8},        column{"rate", 9},           column{"p50_us", 8},
  column{"p99_us", 8},         column{"p999_us", 8},        column{"per_commit", 11},
  column{"commits_per_s", 14}, column{"raw_sync_us", 12},   column{"peak_mib", 9},
};

bool is_column(const std::string& name) {
  return std::ranges::any_of(columns, [&](const column& item) { return item.figure == name; });
}

std::string shown(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

/// The median run, with the settings that have columns.
figures shown_run(const scenario& item, const plan& done, const results& measured) {
  auto given = settings_for(item, done.changes);
  auto result = median_run(measured.at(item.name), item.main_figure);
  result["payload_bytes"] = static_cast<double>(given.payload_bytes);
  if (given.depth > 0)
    result["depth"] = static_cast<double>(given.depth);
  return result;
}

std::string header_line() {
  auto line = fmt::format("{:<30}", "scenario");
  for (const auto& item : columns)
    line += fmt::format("{:>{}}", item.figure, item.width);
  return line + '\n';
}

std::string scenario_line(const std::string& name, const figures& run) {
  auto line = fmt::format("{:<30}", name);
  for (const auto& item : columns) {
    auto found = run.find(item.figure);
    line += fmt::format("{:>{}}", found == run.end() ? "-" : shown(found->second), item.width);
  }
  for (const auto& [figure, value] : run)
    if (!is_column(figure))
      line += fmt::format("  {} {}", figure, shown(value));
  return line + '\n';
}

std::string goal_line(const goal& wanted, double value) {
  return fmt::format("{:<54}{:>10}  {} {:<9}{}\n", wanted.what, shown(value),
                     wanted.kind == bound::at_least ? "at least" : "at most ", shown(wanted.limit),
                     is_reached(wanted, value) ? "reached" : "missed");
}

std::string goal_lines(const results& measured) {
  auto lines = std::string{};
  for (const auto& item : goals())
    if (auto value = achieved(item, measured))
      lines += goal_line(item, *value);
  return lines.empty() ? lines : '\n' + lines;
}

} // namespace

std::string table(const plan& done, const results& measured) {
  auto where = this_machine(done.folder);
  auto text = fmt::format("{}: {} x {}, {}, {}; median of {}\n", present_time(), where.cores,
                          where.processor, where.kernel, where.filesystem, done.rounds);
  text += header_line();
  for (const auto* item : done.scenarios)
    text += scenario_line(item->name, shown_run(*item, done, measured));
  return text + goal_lines(measured);
}

std::string json_lines(const plan& done, const results& measured) {
  auto where = this_machine(done.folder);
  auto text = std::string{};
  for (const auto* item : done.scenarios) {
    const auto& runs = measured.at(item->name);
    auto given = settings_for(*item, done.changes);
    auto line = nlohmann::ordered_json{{"scenario", item->name},
                                       {"date", present_time()},
                                       {"settings",
                                        {{"messages", given.messages},
                                         {"payload_bytes", given.payload_bytes},
                                         {"depth", given.depth}}},
                                       {"main_figure", item->main_figure},
                                       {"median", median_run(runs, item->main_figure)},
                                       {"runs", values_of(runs, item->main_figure)},
                                       {"machine",
                                        {{"cores", where.cores},
                                         {"processor", where.processor},
                                         {"kernel", where.kernel},
                                         {"filesystem", where.filesystem}}}};
    text += line.dump() + '\n';
  }
  return text;
}

std::string list_of_scenarios() {
  auto text = std::string{};
  for (const auto* all : std::array{&own_scenarios(), &peer_scenarios()})
    for (const auto& item : *all)
      text += fmt::format("{:<30} {}\n", item.name, item.about);
  return text;
}

} // namespace ferry::benchmarks
