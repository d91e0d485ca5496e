// A bad line between two nodes of one machine: it delays, slows down, stalls and cuts,
// or carries as many bytes as the test says.

#pragma once

#include "support/sockets.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <poll.h>

namespace ferry::testing {

/// Which way bytes go, seen from who calls the proxy.
enum class heading { there, back };

/// Carries what comes to its port to another port of this machine, and back.
/// Threads  Its own carries; the calls may come from any.
class loopback_proxy {
public:
  using clock = std::chrono::steady_clock;

  static constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

  explicit loopback_proxy(std::uint16_t target) : target_(target) {
    keep_small(entrance_.descriptor());
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
  }

  [[nodiscard]] std::uint16_t port() const noexcept {
    return entrance_.port();
  }

  // -- faults -----------------------------------------------------------------

  /// Every byte is that late, each way.
  void delay(std::chrono::milliseconds wait) {
    delay_ms_ = wait.count();
  }

  /// At most that many bytes a second, each way.
  void slow_down(std::size_t bytes_per_second) {
    pace_ = bytes_per_second;
  }

  /// The connections that are there carry nothing more; new ones do.
  void stall() {
    auto held = std::lock_guard{mutex_};
    for (auto& item : lines_)
      item.is_stalled = true;
  }

  /// They carry again.
  void go_on() {
    auto held = std::lock_guard{mutex_};
    for (auto& item : lines_)
      item.is_stalled = false;
  }

  /// The connections that are there carry that many bytes more in one direction, and
  /// then hold what comes there; `no_limit` ends that.
  void allow(heading where, std::size_t bytes) {
    auto held = std::lock_guard{mutex_};
    for (auto& item : lines_)
      (where == heading::there ? item.there : item.back).allowed = bytes;
  }

  /// Whether all that was allowed is used up, within half a minute.
  [[nodiscard]] bool has_used_up(heading where) {
    auto held = std::unique_lock{mutex_};
    auto is_done = [&] {
      return std::ranges::all_of(lines_, [&](const line& item) {
        return (where == heading::there ? item.there : item.back).allowed == 0;
      });
    };
    return carried_.wait_for(held, std::chrono::seconds{30}, is_done);
  }

  /// The connections that are there are cut.
  void cut() {
    auto held = std::lock_guard{mutex_};
    lines_.clear();
  }

  /// Each new connection is cut after as many bytes as `next` says.
  void cut_after(std::function<std::size_t()> next) {
    auto held = std::lock_guard{mutex_};
    next_life_ = std::move(next);
  }

  /// How many connections were made.
  [[nodiscard]] std::size_t connections() const noexcept {
    return connections_;
  }

private:
  static constexpr auto most_held = std::size_t{8} << 20;
  static constexpr auto tick = std::chrono::milliseconds{1};

  struct late_bytes {
    clock::time_point due;
    std::string bytes;
  };

  struct direction {
    int from = -1;
    int to = -1;
    std::deque<late_bytes> held = {};
    std::size_t size = 0;
    double allowance = 0;           // bytes that may go now
    std::size_t allowed = no_limit; // bytes that may go at all
    bool has_ended = false;
  };

  struct line {
    net::stream_socket caller;
    net::stream_socket target;
    direction there;
    direction back;
    std::size_t life = no_limit; // bytes until it is cut
    bool is_stalled = false;
    bool is_over = false;
  };

  // Else the kernel takes up to 32 MiB off the sender's hands.
  static void keep_small(int socket) {
    auto bytes = 128 << 10;
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      auto is_called = is_ready(entrance_.descriptor(), POLLIN, tick);
      auto held = std::lock_guard{mutex_};
      if (is_called)
        accept();
      for (auto& item : lines_)
        carry(item);
      std::erase_if(lines_, [](const line& item) { return item.is_over; });
      carried_.notify_all();
    }
  }

  void accept() {
    auto caller = entrance_.accept();
    auto target = connect_to(target_);
    keep_small(target.descriptor());
    auto there = direction{caller.descriptor(), target.descriptor()};
    auto back = direction{target.descriptor(), caller.descriptor()};
    lines_.push_back({std::move(caller), std::move(target), std::move(there), std::move(back),
                      next_life_ ? next_life_() : no_limit});
    ++connections_;
  }

  void carry(line& item) {
    if (item.is_stalled)
      return;
    for (auto* way : {&item.there, &item.back}) {
      take(*way);
      give(item, *way);
    }
  }

  void take(direction& way) {
    auto most = std::min(most_held, pace_.load());
    while (!way.has_ended && way.size < most && is_ready(way.from, POLLIN, milliseconds{0})) {
      auto block = std::string(std::size_t{256} << 10, '\0');
      auto count = ::recv(way.from, block.data(), block.size(), 0);
      if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
      way.has_ended = count <= 0;
      block.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
      way.size += block.size();
      way.held.push_back({clock::now() + milliseconds{delay_ms_}, std::move(block)});
    }
  }

  void give(line& item, direction& way) {
    auto pace = pace_.load();
    auto each_tick = static_cast<double>(pace) / 1000;
    way.allowance = std::min(way.allowance + each_tick, 4 * each_tick);
    while (!way.held.empty() && way.held.front().due <= clock::now()) {
      auto& bytes = way.held.front().bytes;
      auto most =
        std::min({bytes.size(), item.life, way.allowed, static_cast<std::size_t>(way.allowance)});
      auto count = write_some(way.to, std::string_view{bytes}.substr(0, most));
      bytes.erase(0, count);
      way.size -= count;
      way.allowance -= static_cast<double>(count);
      item.life -= item.life == no_limit ? 0 : count;
      way.allowed -= way.allowed == no_limit ? 0 : count;
      if (!bytes.empty())
        break;
      way.held.pop_front();
    }
    item.is_over |= item.life == 0 || (way.has_ended && way.held.empty());
  }

  silent_port entrance_;
  std::uint16_t target_;
  std::mutex mutex_; // of what the faults and the thread share
  std::condition_variable carried_;
  std::list<line> lines_;
  std::function<std::size_t()> next_life_;
  std::atomic<std::int64_t> delay_ms_ = 0;
  std::atomic<std::size_t> pace_ = std::size_t{1} << 32;
  std::atomic<std::size_t> connections_ = 0;
  std::jthread thread_;
};

} // namespace ferry::testing
