// A program that a test starts, listens to, and kills.

#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ferry::testing {

/// A child whose standard output the test reads line by line. It is killed and
/// reaped when the object goes away.
class child_process {
public:
  explicit child_process(std::vector<std::string> command) {
    auto ends = std::array<int, 2>{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error("cannot make a pipe");
    auto actions = posix_spawn_file_actions_t{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    auto arguments = std::vector<char*>{};
    for (auto& item : command)
      arguments.push_back(item.data());
    arguments.push_back(nullptr);
    auto failed = ::posix_spawn(&id_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
    if (failed != 0)
      throw std::runtime_error("cannot start " + command[0]);
  }

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  ~child_process() {
    ::close(output_);
    kill();
    (void)wait();
  }

  /// Kills it with SIGKILL, now.
  void kill() {
    send(SIGKILL);
  }

  /// Sends it a signal, such as SIGSTOP; nothing once it has ended.
  void send(int signal) {
    if (!status_)
      ::kill(id_, signal);
  }

  [[nodiscard]] pid_t id() const noexcept {
    return id_;
  }

  /// Whether its standard output is over, as far as it was read.
  [[nodiscard]] bool has_ended() const noexcept {
    return is_at_end_;
  }

  /// For `poll`.
  [[nodiscard]] int output() const noexcept {
    return output_;
  }

  /// The whole lines that are there, without their ends; reads once, and waits only
  /// where nothing is there.
  [[nodiscard]] std::vector<std::string> read_lines() {
    auto lines = std::vector<std::string>{};
    (void)fill();
    auto begin = std::size_t{0};
    for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n', begin)) {
      lines.push_back(buffer_.substr(begin, end - begin));
      begin = end + 1;
    }
    buffer_.erase(0, begin);
    return lines;
  }

  /// Waits until it has ended; `true` when it returned 0.
  [[nodiscard]] bool wait() {
    if (!status_) {
      status_ = 0;
      ::waitpid(id_, &*status_, 0);
    }
    return WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
  }

  /// Kills it `life` from now, with SIGKILL; reading goes on until then.
  void kill_after(std::chrono::microseconds life) {
    kill_at_ = std::chrono::steady_clock::now() + life;
    dies_ = true;
  }

  /// The next whole line without its end; empty when the child has ended.
  [[nodiscard]] std::string read_line() {
    for (;;) {
      if (auto end = buffer_.find('\n'); end != std::string::npos) {
        auto line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      if (!fill())
        return {};
    }
  }

private:
  bool fill() {
    auto wait = -1;
    if (dies_) {
      auto left = kill_at_ - std::chrono::steady_clock::now();
      wait = static_cast<int>(std::max<std::chrono::milliseconds::rep>(
        0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }
    auto event = pollfd{output_, POLLIN, 0};
    auto ready = dies_ && wait == 0 ? 0 : ::poll(&event, 1, wait);
    if (ready == 0) {
      ::kill(id_, SIGKILL);
      dies_ = false; // what it said before is still in the pipe
      return true;
    }
    auto block = std::array<char, 65536>{};
    auto count = ::read(output_, block.data(), block.size());
    if (count < 0 && errno == EINTR)
      return true;
    if (count <= 0) {
      is_at_end_ = true;
      return false;
    }
    buffer_.append(block.data(), static_cast<std::size_t>(count));
    return true;
  }

  pid_t id_ = 0;
  std::optional<int> status_; // once it has ended
  int output_ = -1;
  std::string buffer_;
  bool is_at_end_ = false;
  std::chrono::steady_clock::time_point kill_at_{};
  bool dies_ = false;
};

} // namespace ferry::testing
