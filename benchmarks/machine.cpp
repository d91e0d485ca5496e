#include "machine.hpp"

#include <fmt/chrono.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/utsname.h>

namespace ferry::benchmarks {

namespace {

std::string processor_name() {
  auto file = std::ifstream{"/proc/cpuinfo"};
  for (auto line = std::string{}; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(line.find(": ") + 2);
  return "unknown";
}

std::string kernel_name() {
  auto facts = utsname{};
  return ::uname(&facts) == 0 ? std::string{facts.sysname} + ' ' + facts.release : "unknown";
}

bool is_below(const std::string& folder, const std::string& mount) {
  return mount == "/" || folder == mount || folder.starts_with(mount + '/');
}

// The longest mount point above the folder; of equal ones the last.
std::string filesystem_of(const std::filesystem::path& folder) {
  auto where = std::filesystem::weakly_canonical(folder).string();
  auto file = std::ifstream{"/proc/self/mounts"};
  auto best = std::string{};
  auto kind = std::string{"unknown"};
  for (auto line = std::string{}; std::getline(file, line);) {
    auto device = std::string{};
    auto mount = std::string{};
    auto type = std::string{};
    std::istringstream{line} >> device >> mount >> type;
    if (is_below(where, mount) && mount.size() >= best.size()) {
      best = mount;
      kind = type;
    }
  }
  return kind;
}

} // namespace

machine this_machine(const std::filesystem::path& folder) {
  return {std::thread::hardware_concurrency(), processor_name(), kernel_name(),
          filesystem_of(folder)};
}

std::string present_time() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

} // namespace ferry::benchmarks
