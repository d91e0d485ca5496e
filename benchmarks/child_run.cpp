#include "child_run.hpp"

#include "statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::benchmarks {

namespace {

// -- interruption -------------------------------------------------------------

volatile std::sig_atomic_t stop_wanted = 0;
volatile std::sig_atomic_t running_child = 0;

void stop_child(int /*signal*/) {
  stop_wanted = 1;
  if (running_child > 0)
    ::kill(running_child, SIGKILL);
}

void listen_for_interruption() {
  struct sigaction action = {};
  action.sa_handler = stop_child;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

// -- the process --------------------------------------------------------------

std::vector<std::string> command_for(const scenario& item, const settings& given) {
  auto command = std::vector<std::string>{"/proc/self/exe",
                                          item.name,
                                          "--one-run",
                                          "--folder",
                                          given.folder.string(),
                                          "--payload",
                                          std::to_string(given.payload_bytes)};
  auto add = [&](const char* option, std::uint64_t value) {
    if (value > 0)
      command.insert(command.end(), {option, std::to_string(value)});
  };
  add("--messages", given.messages);
  add("--depth", given.depth);
  return command;
}

/// Starts `command` with its standard output connected to `output`.
pid_t start(std::vector<std::string> command, int output) {
  auto arguments = std::vector<char*>{};
  for (auto& item : command)
    arguments.push_back(item.data());
  arguments.push_back(nullptr);
  auto actions = posix_spawn_file_actions_t{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  auto id = pid_t{};
  auto failed = ::posix_spawn(&id, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw wrong_run("cannot start a process for it");
  return id;
}

std::string read_all(int input) {
  auto text = std::string{};
  auto block = std::array<char, 4096>{};
  for (;;) {
    auto count = ::read(input, block.data(), block.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

struct ended_child {
  std::string output;
  int status = 0;
  rusage usage{};
};

ended_child run_to_end(std::vector<std::string> command) {
  auto ends = std::array<int, 2>{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw wrong_run("cannot make a pipe");
  auto id = start(std::move(command), ends[1]);
  running_child = id;
  ::close(ends[1]);
  auto child = ended_child{read_all(ends[0])};
  ::close(ends[0]);
  while (::wait4(id, &child.status, 0, &child.usage) < 0 && errno == EINTR)
    continue;
  running_child = 0;
  return child;
}

} // namespace

figures run_in_child(const scenario& item, const settings& given) {
  listen_for_interruption();
  auto child = run_to_end(command_for(item, given));
  if (stop_wanted != 0)
    throw interrupted();
  if (WIFSIGNALED(child.status))
    throw wrong_run(fmt::format("it died of signal {}", WTERMSIG(child.status)));
  auto said = nlohmann::json::parse(child.output, nullptr, false);
  if (said.is_discarded())
    throw wrong_run("it said nothing that is understood: \"" + child.output + '"');
  if (said.contains("wrong"))
    throw wrong_run(said["wrong"].get<std::string>());
  auto result = said.get<figures>();
  result["peak_mib"] = static_cast<double>(child.usage.ru_maxrss) / 1024.0;
  return result;
}

int run_as_child(const scenario& item, const settings& given) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody would read its figures
  try {
    fmt::print("{}\n", nlohmann::json(summarise(item.run(given))).dump());
    return 0;
  } catch (const std::exception& why) {
    fmt::print("{}\n", nlohmann::json{{"wrong", why.what()}}.dump());
    return 1;
  }
}

} // namespace ferry::benchmarks
