// A broker in a process of its own, as a node that others connect to.

#pragma once

#include "workbench.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace ferry::benchmarks {

/// Serves the journal in a folder on the loopback interface, until it goes away.
/// Expects   a process without threads: it is made before the first actor system
class broker_node {
public:
  explicit broker_node(const std::filesystem::path& folder, serve_config config = {}) {
    if (::pipe(said_.data()) != 0 || ::pipe(asked_.data()) != 0)
      throw wrong_run("no pipe to a broker in a process of its own");
    process_ = ::fork();
    if (process_ == 0)
      serve(folder, config);
    ::close(said_[1]);
    ::close(asked_[0]);
    if (::read(said_[0], &port_, sizeof port_) != sizeof port_)
      throw wrong_run("the broker in a process of its own does not serve");
  }

  broker_node(const broker_node&) = delete;
  broker_node& operator=(const broker_node&) = delete;

  ~broker_node() {
    ::close(asked_[1]);
    ::close(said_[0]);
    ::waitpid(process_, nullptr, 0);
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(port_);
  }

  /// For `kill`.
  [[nodiscard]] ::pid_t process() const noexcept {
    return process_;
  }

private:
  [[noreturn]] void serve(const std::filesystem::path& folder, const serve_config& config) {
    ::close(said_[0]);
    ::close(asked_[1]);
    {
      auto bench = workbench{folder};
      auto port = bench->serve(config).value();
      if (::write(said_[1], &port, sizeof port) != sizeof port)
        ::_exit(1);
      auto end = char{};
      while (::read(asked_[0], &end, 1) < 0) {
        // a signal; the parent has not gone yet
      }
    }
    ::_exit(0);
  }

  std::array<int, 2> said_{};
  std::array<int, 2> asked_{};
  ::pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

/// A program on another node than its broker.
class far_workbench {
public:
  explicit far_workbench(const broker_node& node, const connect_config& config = {})
    : broker_(connect(system_, node.address(), config).value()) {
  }

  broker* operator->() {
    return &broker_;
  }

private:
  system_config config_;
  caf::actor_system system_{config_};
  broker broker_;
};

} // namespace ferry::benchmarks
