// Store before you ack: the link between two stages.

#pragma once

#include "run_state.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace find_duplicates {

/// Acks a delivery when all that was published on its behalf is on disk. Nobody
/// waits for that, so that many deliveries share one commit.
/// Errors   a refused publish stops the run and leaves the delivery unsettled
/// Threads  any
class ack_when_stored {
public:
  /// Range   `publishes` from 1
  ack_when_stored(ferry::kept_delivery done, std::size_t publishes, std::shared_ptr<run_state> run)
    : done_(std::move(done)),
      missing_(publishes),
      run_(std::move(run)) {
  }

  void hear(const ferry::result<ferry::durability_level>& outcome) {
    if (!outcome)
      run_->note_failure(outcome.why());
    else if (--missing_ == 0)
      done_.ack();
  }

private:
  ferry::kept_delivery done_;
  std::atomic<std::size_t> missing_;
  std::shared_ptr<run_state> run_;
};

/// Makes the callback that all the publishes share.
[[nodiscard]] inline ferry::producer_port::callback
ack_after(ferry::delivery& done, std::size_t publishes, std::shared_ptr<run_state> run) {
  auto ack = std::make_shared<ack_when_stored>(done.keep(), publishes, std::move(run));
  return [ack](const ferry::result<ferry::durability_level>& outcome) { ack->hear(outcome); };
}

} // namespace find_duplicates
