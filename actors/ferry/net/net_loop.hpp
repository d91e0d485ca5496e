// What a net_thread runs: Asio's loop, and the list of what has to be closed before
// it can end.

#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace ferry::net {

class name_lookup;
class net_loop;

/// Something that lives on a loop until it has ended or is closed.
/// Threads  the loop's
class activity {
public:
  explicit activity(net_loop& loop);
  activity(const activity&) = delete;
  activity& operator=(const activity&) = delete;
  virtual ~activity();

  /// Ends it; its pending waits return soon after. May be repeated.
  virtual void close() = 0;

protected:
  [[nodiscard]] net_loop& loop() const noexcept {
    return loop_;
  }

private:
  net_loop& loop_;
};

class net_loop {
public:
  net_loop();
  net_loop(const net_loop&) = delete;
  net_loop& operator=(const net_loop&) = delete;
  ~net_loop();

  /// Closes all activities, and waits for their handlers. May be repeated.
  void end();

  [[nodiscard]] boost::asio::io_context& context() noexcept {
    return context_;
  }

  /// Whether it takes no more activities.
  [[nodiscard]] bool is_closing() const noexcept {
    return closing_;
  }

  /// Runs `work` on the loop, and waits for it; at once where this is the loop's
  /// thread, or where that has ended.
  template <class Work>
  void run(Work work) {
    if (std::this_thread::get_id() == thread_id_)
      return work();
    auto lock = std::unique_lock{ending_};
    if (ended_)
      return work();
    auto task = std::packaged_task<void()>{std::move(work)};
    auto done = task.get_future();
    boost::asio::post(context_, std::move(task));
    lock.unlock();
    done.get();
  }

  [[nodiscard]] name_lookup& lookup() noexcept {
    return *lookup_;
  }

  /// Room for one move of bytes, shared by all connections.
  [[nodiscard]] std::span<std::byte> scratch() noexcept {
    return scratch_;
  }

private:
  friend class activity;

  void serve();
  void close_all();

  std::set<activity*> activities_;     // first: handlers that are never run own some
  boost::asio::io_context context_{1}; // one thread
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_;
  std::unique_ptr<name_lookup> lookup_;
  std::vector<std::byte> scratch_;
  bool closing_ = false;
  std::mutex ending_; // held while the thread ends: nobody else waits for it meanwhile
  bool ended_ = false;
  std::thread thread_;
  std::thread::id thread_id_;
};

} // namespace ferry::net
