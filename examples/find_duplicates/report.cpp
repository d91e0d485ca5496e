#include "report.hpp"

#include "sha256sum_line.hpp"
#include "units.hpp"

#include <fmt/format.h>

#include <iterator>
#include <set>

namespace find_duplicates {

namespace {

// A map of sets: the order of the output.
using groups = std::map<sha256_digest, std::set<std::string_view>>;

groups by_content(const findings& found) {
  auto all = groups{};
  for (const auto& [path, sum] : found.files)
    all[sum.digest].insert(path);
  std::erase_if(all, [](const auto& group) { return group.second.size() < 2; });
  return all;
}

std::uint64_t total_bytes(const findings& found) {
  auto total = std::uint64_t{0};
  for (const auto& [path, sum] : found.files)
    total += sum.size;
  return total;
}

std::string queue_line(const ferry::broker& broker, const char* queue) {
  auto figures = broker.figures(queue).value();
  return fmt::format("  {:8} {:>10} published  {:>10} delivered  {:>6} redelivered  {:>6} "
                     "dead-lettered\n",
                     queue, with_commas(figures.published), with_commas(figures.delivered),
                     with_commas(figures.redelivered), with_commas(figures.dead_lettered));
}

} // namespace

std::string duplicate_lines(const findings& found) {
  auto text = std::string{};
  for (const auto& [digest, paths] : by_content(found))
    for (auto path : paths)
      text += sha256sum_line(digest, path);
  return text;
}

std::string summary(const findings& found, const ferry::broker& broker,
                    std::chrono::duration<double> elapsed) {
  auto duplicates = std::size_t{0};
  auto all = by_content(found);
  for (const auto& [digest, paths] : all)
    duplicates += paths.size();
  auto text = fmt::format("{} files, {}; {} of them share {} contents; {:.2f} s\n",
                          with_commas(found.files.size()), as_bytes(total_bytes(found)),
                          with_commas(duplicates), with_commas(all.size()), elapsed.count());
  for (const auto* queue : {walk_queue, hash_queue, collect_queue})
    text += queue_line(broker, queue);
  if (!found.unreadable.empty())
    text += fmt::format("{} could not be read:\n", with_commas(found.unreadable.size()));
  for (const auto& [path, reason] : found.unreadable)
    text += fmt::format("  {}: {}\n", escaped(path), reason);
  return text;
}

} // namespace find_duplicates
