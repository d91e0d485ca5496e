// All that a queue holds of one search, taken out but not settled.

#pragma once

#include "messages.hpp"

#include "ferry/broker.hpp"

#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace find_duplicates {

/// Collects the messages of `job` from a queue that nobody publishes to, and keeps
/// them unsettled: if the process dies, they are all there again. Messages of
/// another search are acked.
///
/// Threads   one
template <class T>
class kept_messages {
public:
  kept_messages(ferry::broker& broker, std::string queue, job_id job)
    : broker_(broker),
      queue_(std::move(queue)),
      consumer_(collect(job)) {
  }

  kept_messages(const kept_messages&) = delete;
  kept_messages& operator=(const kept_messages&) = delete;

  /// Gives back what was not acked.
  ~kept_messages() {
    consumer_.stop();
  }

  /// Whether everything has arrived.
  [[nodiscard]] bool is_complete() const {
    auto figures = broker_.figures(queue_).value();
    auto held = std::lock_guard{mutex_};
    return figures.ready == 0 && figures.committing == 0 && figures.in_flight == kept_.size();
  }

  /// Calls `visit(value, reason)` in the order of arrival; `reason` is a dead
  /// letter's, else empty.
  template <class Visitor>
  void for_each(Visitor visit) const {
    auto held = std::lock_guard{mutex_};
    for (const auto& item : kept_)
      visit(item.value, item.reason);
  }

  void ack_all() {
    auto held = std::lock_guard{mutex_};
    for (const auto& item : kept_)
      item.delivery.ack();
  }

private:
  struct kept {
    T value;
    std::string reason;
    ferry::kept_delivery delivery;
  };

  ferry::consumer collect(job_id job) {
    auto keep = [this, job](std::span<const T> values, std::span<ferry::delivery> deliveries) {
      auto held = std::lock_guard{mutex_};
      for (auto i = std::size_t{0}; i < values.size(); ++i)
        if (values[i].job == job) {
          auto reason = std::string{deliveries[i].header("ferry-death-reason")};
          kept_.push_back({values[i], std::move(reason), deliveries[i].keep()});
        }
    };
    const auto no_limit =
      ferry::consumer_config{.prefetch_messages = std::numeric_limits<std::uint32_t>::max(),
                             .prefetch_bytes = std::numeric_limits<std::size_t>::max()};
    return broker_.consume<T>(queue_, keep, no_limit).value();
  }

  ferry::broker& broker_;
  const std::string queue_;
  mutable std::mutex mutex_;
  std::vector<kept> kept_;
  ferry::consumer consumer_; // last, because it fills the others
};

} // namespace find_duplicates
