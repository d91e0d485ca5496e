// Who watches nodes from outside: starts them, kills and stops them, and counts what
// they were promised.

#pragma once

#include "support/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

namespace ferry::testing {

/// The nodes of a test by name, and what all their lives have said together.
class node_observer {
public:
  using clock = std::chrono::steady_clock;

  explicit node_observer(std::string program) : program_(std::move(program)) {
  }

  // -- nodes ------------------------------------------------------------------

  /// Starts a node, and waits until it works; returns the number it said.
  std::uint64_t start(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program_);
    nodes_[name] = std::make_unique<child_process>(std::move(arguments));
    ready_.erase(name);
    listen_until("node \"" + name + "\" is ready", [&] { return ready_.contains(name); });
    return ready_.at(name);
  }

  /// Kills a node; what it said before counts.
  void kill(const std::string& name) {
    auto node = nodes_.extract(name);
    node.mapped()->kill();
    while (!node.mapped()->has_ended())
      note(name, node.mapped()->read_lines());
  }

  void send(const std::string& name, int signal) {
    nodes_.at(name)->send(signal);
  }

  /// The memory that is resident in a node, or was at its peak ("VmRSS", "VmHWM").
  [[nodiscard]] std::size_t resident_bytes(const std::string& name,
                                           const std::string& figure) const {
    auto status = std::ifstream{"/proc/" + std::to_string(nodes_.at(name)->id()) + "/status"};
    for (auto line = std::string{}; std::getline(status, line);)
      if (line.starts_with(figure + ":"))
        return std::stoull(line.substr(figure.size() + 1)) << 10;
    throw std::runtime_error("no " + figure + " of node \"" + name + "\"");
  }

  // -- listening --------------------------------------------------------------

  void listen_for(std::chrono::milliseconds time) {
    for (auto end = clock::now() + time; clock::now() < end;)
      listen(std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()));
  }

  template <class Condition>
  void listen_until(const std::string& what, Condition condition) {
    for (auto end = clock::now() + std::chrono::seconds{60}; !condition();) {
      if (clock::now() > end)
        throw std::runtime_error("within a minute it did not come true that " + what);
      listen(std::chrono::milliseconds{20});
    }
  }

  // -- what they said ---------------------------------------------------------

  std::set<std::uint64_t> confirmed;
  std::set<std::uint64_t> refused;
  std::map<std::uint64_t, int> handled;
  std::map<std::uint64_t, int> settled;
  std::map<std::string, int> links_lost; // by node
  std::set<std::string> done;

private:
  void listen(std::chrono::milliseconds limit) {
    auto events = std::vector<pollfd>{};
    auto names = std::vector<std::string>{};
    for (const auto& [name, node] : nodes_) {
      events.push_back({node->output(), POLLIN, 0});
      names.push_back(name);
    }
    (void)::poll(events.data(), events.size(), static_cast<int>(limit.count()));
    for (auto at = std::size_t{0}; at < events.size(); ++at)
      if (events[at].revents != 0)
        hear(names[at]);
  }

  // An end that nobody asked for is the end of the test.
  void hear(const std::string& name) {
    auto lines = nodes_.at(name)->read_lines();
    if (lines.empty() && nodes_.at(name)->has_ended())
      throw std::runtime_error("node \"" + name + "\" ended by itself");
    note(name, lines);
  }

  void note(const std::string& name, const std::vector<std::string>& lines) {
    for (const auto& line : lines)
      note(name, line);
  }

  void note(const std::string& name, const std::string& line) {
    auto number = [&] { return std::uint64_t{std::stoull(line.substr(line.find(' ') + 1))}; };
    if (line.starts_with("confirmed "))
      confirmed.insert(number());
    else if (line.starts_with("handled "))
      ++handled[number()];
    else if (line.starts_with("settled "))
      ++settled[number()];
    else if (line.starts_with("refused "))
      refused.insert(number());
    else if (line.starts_with("ready "))
      ready_[name] = number();
    else if (line == "done")
      done.insert(name);
    else if (line.find("is not connected") != std::string::npos)
      ++links_lost[name];
  }

  std::string program_;
  std::map<std::string, std::unique_ptr<child_process>> nodes_;
  std::map<std::string, std::uint64_t> ready_;
};

} // namespace ferry::testing
